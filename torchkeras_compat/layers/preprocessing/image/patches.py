"""Images mixed with others of their batch: patches, one rectangle for each image, and what has to fit."""

from __future__ import annotations

from typing import Any

import torch


def check_number(x: torch.Tensor, partners: Any, name: str) -> None:
    """Check that there is one of something for each image, before partners are looked up in it.

    Args:
        x: Labels, masks or boxes.
        partners: The partner of each image, one axis.
        name: What they are, for the message.

    Raises:
        ValueError: there are more or fewer.

    Example:
        >>> check_number(torch.zeros(2, 3), [1, 0], "labels")
    """
    if x.ndim == 0 or len(x) != len(partners):
        raise ValueError(
            f"A batch of {len(partners)} images needs as many {name} beside it. Received: shape {tuple(x.shape)}"
        )


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
