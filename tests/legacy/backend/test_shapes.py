from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import shapes as K
from torchkeras_compat.legacy.backend.inspection import shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_sizes_may_be_parts_of_a_recorded_shape() -> None:
    x = KerasTensor((None, 2, 3))
    assert K.reshape(x, (shape(x)[0], 6)).shape == (None, 6)
    assert K.reshape(x, (-1, 6)).shape == (None, 6)
    assert K.reshape(KerasTensor((4, 2)), (2, -1)).shape == (2, 4)
    assert K.tile(x, [2, 1, 1]).shape == (None, 2, 3)
    assert K.slice(x, [0, 0, 1], [-1, 1, 2]).shape == (None, 1, 2)


def test_repeat_takes_samples_of_one_axis() -> None:
    with pytest.raises(ValueError, match=r"shape \(batch, features\). Received one of shape \(2, 3, 4\)"):
        K.repeat(torch.ones(2, 3, 4), 2)


def test_only_an_axis_of_size_one_is_dropped() -> None:
    with pytest.raises(ValueError, match=r"Axis 1 of shape \(2, 3\)"):
        K.squeeze(torch.ones(2, 3), 1)


def test_a_slice_lies_inside() -> None:
    assert K.slice(torch.arange(6).reshape(2, 3), [0, 1], [-1, 2]).tolist() == [[1, 2], [4, 5]]
    with pytest.raises(ValueError, match="lies outside of axis 0, of 3"):
        K.slice(torch.ones(3), [2], [2])
    with pytest.raises(ValueError, match="a start and a size for each of 1 axes"):
        K.slice(torch.ones(3), [0, 0], [1, 1])


def test_tile_needs_a_number_for_each_axis() -> None:
    with pytest.raises(ValueError, match="one number for each of 2 axes"):
        K.tile(torch.ones(2, 2), [1, 2, 3])


def test_joined_tensors_take_the_wider_dtype() -> None:
    assert K.concatenate([torch.ones(1, dtype=torch.int32), torch.ones(1)]).dtype == torch.float32
    assert K.stack([torch.ones(1), torch.ones(1, dtype=torch.float64)]).dtype == torch.float64


def test_the_name_of_keras_1_for_the_axis_is_known() -> None:
    assert K.expand_dims(torch.ones(2, 3), dim=1).shape == (2, 1, 3)
