"""The masks of attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.layers.attention.masks import all_of, as_mask, causal_mask, insert_axes, window_mask

CPU = torch.device("cpu")


@pytest.mark.parametrize("mask", [[1, 0], np.array([2.0, 0.0]), torch.tensor([1, 0]), torch.tensor([True, False])])
def test_any_mask_is_made_boolean(mask: object) -> None:
    found = as_mask(mask)
    assert found.dtype is torch.bool and found.tolist() == [True, False]


def test_a_boolean_tensor_stays_the_same_one() -> None:
    mask = torch.tensor([True])
    assert as_mask(mask) is mask


def test_a_causal_mask_looks_back_and_a_window_near() -> None:
    assert causal_mask(2, 3, CPU).int().tolist() == [[1, 0, 0], [1, 1, 0]]
    assert window_mask(3, 3, 1, CPU).int().tolist() == np.eye(3).tolist()
    assert window_mask(3, 4, 2, CPU).int().tolist() == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1]]


def test_masks_are_combined() -> None:
    one, other = torch.tensor([True, True, False]), torch.tensor([True, False, False])
    assert all_of([]) is None and all_of([one]) is one
    assert torch.equal(all_of([one, other]), other)


def test_axes_are_put_in_before_the_last_ones() -> None:
    assert insert_axes(torch.zeros(2, 5, 6), 5, 2).shape == (2, 1, 1, 5, 6)
    assert insert_axes(torch.zeros(5, 6), 4, 2).shape == (1, 1, 5, 6)
    assert insert_axes(torch.zeros(6), 3, 2).shape == (1, 1, 6)
