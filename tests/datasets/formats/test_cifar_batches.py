"""Batches of CIFAR: their pictures and labels, and what is not one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.datasets.files import pictures, python_2_pickle
from torchkeras_compat.datasets.formats.cifar_batches import read_batch

ROWS = pictures(2, 0, (3072,))


@pytest.mark.parametrize("dump", [python_2_pickle, lambda value: pickle.dumps(value, 4)])
def test_rows_become_pictures(tmp_path, dump) -> None:
    (tmp_path / "a").write_bytes(dump({"labels": [3, 9], "data": ROWS}))
    images, labels = read_batch(tmp_path / "a", "labels", 10)
    assert (images.shape, images.dtype, labels.tolist(), labels.dtype) == (
        (2, 32, 32, 3),
        np.uint8,
        [[3], [9]],
        np.int64,
    )
    np.testing.assert_array_equal(images[1, :, :, 2].ravel(), ROWS[1, 2048:])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1], "not hold a dict"),
        ({"labels": [1, 2]}, "no array 'data'"),
        ({"labels": [1, 2], "data": [1]}, "no array 'data'"),
        ({"labels": [1], "data": ROWS}, r"with shape \(1, 3072\)"),
        ({"labels": [1, 2], "data": ROWS[:, :3000].copy()}, "no array 'data'"),
        ({"labels": [1, 10], "data": ROWS}, "integers from 0 to 9"),
        ({"fine_labels": [1, 1], "data": ROWS}, "no list 'labels'"),
    ],
)
def test_other_content_is_refused(tmp_path, content, message) -> None:
    (tmp_path / "a").write_bytes(python_2_pickle(content))
    with pytest.raises(ValueError, match=f"Cannot load '.*a'.*{message}"):
        read_batch(tmp_path / "a", "labels", 10)
