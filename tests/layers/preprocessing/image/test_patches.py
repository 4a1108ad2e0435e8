"""Patches cover the part of an image that is asked for, and lie within it."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.preprocessing.image.patches import check_number, patch_masks


def test_patches_have_their_area_and_the_proportions_of_the_image() -> None:
    areas = torch.tensor([0.0, 0.25, 0.5, 1.0]).repeat(200)
    masks = patch_masks(areas, torch.rand(800, 2), (100, 60))
    found = masks.float().mean(dim=(1, 2))
    assert (found - areas).abs().max() < 0.02 and (found[areas == 0] == 0).all() and (found[areas == 1] == 1).all()
    half = masks[areas == 0.25]
    assert set(half.any(2).sum(1).tolist()) == {50} and set(half.any(1).sum(1).tolist()) == {30}


def test_places_fill_the_image() -> None:
    corners = patch_masks(torch.full((2,), 0.25), torch.tensor([[0.0, 0.0], [0.99, 0.99]]), (4, 6))
    assert corners[0, :2, :3].all() and corners[1, 2:, 3:].all() and corners.sum() == 12


def test_there_is_one_of_everything_for_each_image() -> None:
    check_number(torch.zeros(3, 2), torch.tensor([1, 0, 2]), "labels")
    for wrong in (torch.zeros(2, 3), torch.zeros(4), torch.tensor(1.0)):
        with pytest.raises(ValueError, match="3 images needs as many labels"):
            check_number(wrong, torch.tensor([1, 0, 2]), "labels")
