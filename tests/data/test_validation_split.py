"""The last rows are for validation."""

from __future__ import annotations

import h5py
import numpy as np
import pandas as pd
import pytest
import torch

from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.validation_split import train_validation_split


@pytest.mark.parametrize("make", [np.asarray, torch.tensor, pd.DataFrame, list])
def test_the_last_rows_are_for_validation(make):
    x = make([[float(i), 0.0] for i in range(10)])
    train, validation = train_validation_split(({"a": x}, np.arange(10), None), 0.25)
    assert train[0]["a"][:, 0].tolist() == train[1].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert validation[0]["a"][:, 0].tolist() == validation[1].tolist() == [7, 8, 9]
    assert train[2] is None and validation[2] is None


def test_a_dataset_on_disk_is_split_unread(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.arange(10.0)
        train, validation = train_validation_split((file["x"],), 0.5)
        for part, first in ((train, 0), (validation, 5)):
            adapter = make_adapter(part[0], batch_size=2, shuffle=False, device="cpu")
            assert torch.cat([x for x, _, _ in adapter.epoch()]).tolist() == list(range(first, first + 5))
            shuffled = make_adapter(part[0], batch_size=2, device="cpu")
            assert sorted(torch.cat([x for x, _, _ in shuffled.epoch()]).tolist()) == list(range(first, first + 5))


@pytest.mark.parametrize(
    "rows", [[[1.0, 2.0]] * 8, ((1.0, 2.0),) * 8, [(1, 2)] * 8, [[[1], [2]]] * 8, [3.0] * 8, (True,) * 8], ids=str
)
@pytest.mark.parametrize("targets", [[0.0, 1.0] * 4, [[0], [1]] * 4, (0.0, 1.0) * 4, np.arange(8), None], ids=str)
def test_lists_of_numbers_are_split_as_the_array_that_they_are(rows, targets):
    given, expected = (
        (rows, targets, [1.0] * 8),
        (np.array(rows), None if targets is None else np.array(targets), np.ones(8)),
    )
    for ours, plain in zip(train_validation_split(given, 0.25), train_validation_split(expected, 0.25), strict=True):
        for a, b in zip(ours, plain, strict=True):
            assert (a is None and b is None) or (torch.equal(a, b) and a.dtype is b.dtype)


@pytest.mark.parametrize(
    "arrays, split, message",
    [
        ((np.zeros(8),), 1.5, "Received: 1.5"),
        ((np.zeros(8),), 0, "Received: 0"),
        ((np.zeros(8),), True, "Received: True"),
        ((np.zeros(3),), 0.9, "of 3 samples leaves 0 to train"),
        ((np.zeros(8), np.zeros(7)), 0.5, "x: 8, y: 7"),
        (([[1.0, 2.0], [3.0]] * 4, [1.0] * 8), 0.5, "rows received have different lengths"),
        (([[1.0, 2.0]] * 8, [1.0] * 7), 0.5, "x: 8, y: 7"),
        ((iter([1]),), 0.5, "only supported for arrays.*list_iterator"),
    ],
)
def test_bad_splits_are_refused(arrays, split, message):
    with pytest.raises(ValueError, match=message):
        train_validation_split(arrays, split)
