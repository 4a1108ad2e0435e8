"""Values that still lie in a file."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import torch

from torchkeras_compat.saving.old_arrays.stored_values import ConvertedArrays, ReshapedValue, StoredValue


@pytest.fixture
def dataset(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = np.arange(6.0).reshape(2, 3)
        yield file["a"]


def test_a_plain_value(dataset):
    value = StoredValue(dataset)
    assert value.shape == (2, 3)
    np.testing.assert_array_equal(value.tensor(), np.arange(6.0).reshape(2, 3))


def test_converted_values_are_read_once_and_late(dataset):
    calls = []

    def conversion(arrays):
        calls.append(arrays[0].device.type)
        return [arrays[0].T, arrays[0].sum(dim=0)]

    arrays = ConvertedArrays([dataset], conversion)
    assert [v.shape for v in arrays.each] == [(3, 2), (3,)] and calls == ["meta"]
    assert arrays.each[0].tensor().is_contiguous()
    np.testing.assert_array_equal(arrays.each[1].tensor(), [3, 5, 7])
    assert calls == ["meta", "cpu"]


def test_shapes_that_do_not_go_together_are_known_before_anything_is_read(dataset):
    with pytest.raises(RuntimeError, match="same reduction dim|mat1"):
        ConvertedArrays([dataset, dataset], lambda arrays: [arrays[0] @ arrays[1]])


def test_a_reshaped_value(dataset):
    value = ReshapedValue(StoredValue(dataset), (3, 2))
    assert value.shape == (3, 2)
    torch.testing.assert_close(value.tensor(), torch.arange(6.0, dtype=torch.float64).reshape(3, 2))
