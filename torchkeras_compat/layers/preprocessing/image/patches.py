"""Patches of images: one rectangle for each image, at a place of its own."""

from __future__ import annotations

import torch


def patch_masks(areas: torch.Tensor, places: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return which pixels lie in the patch of an image, ``(batch, height, width)``, bool.

    Args:
        areas: ``(batch,)``: the part of an image that its patch covers, in [0, 1]. A patch has the proportions of it.
        places: ``(batch, 2)``: row and column of its first corner, in [0, 1) of the places that there are.
        size: Height and width of the images.
    """
    side = areas.clamp(0, 1).sqrt()
    rows, columns = (_within(places[:, i], (side * n).round(), n) for i, n in enumerate(size))
    return rows.unsqueeze(2) & columns.unsqueeze(1)


def _within(place: torch.Tensor, length: torch.Tensor, number: int) -> torch.Tensor:
    start = (place * (number - length + 1)).floor().unsqueeze(-1)
    pixels = torch.arange(number, device=start.device, dtype=start.dtype)
    return (pixels >= start) & (pixels < start + length.unsqueeze(-1))
