"""Zeros around sequences, images and volumes."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.legacy.backend.image_layouts import checked_format, spatial_axes
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.operation import operation


def _padded(x: torch.Tensor, amounts: dict[int, Any]) -> torch.Tensor:
    flat: list[int] = []
    for axis in reversed(range(x.dim())):
        flat += map(int, amounts.get(axis, (0, 0)))
    return functional.pad(x, flat)


def _check_amounts(padding: Any, number: int, name: str) -> None:
    is_right = isinstance(padding, (list, tuple)) and len(padding) == number
    if not is_right or any(not isinstance(p, (list, tuple)) or len(p) != 2 for p in padding):
        shape = ", ".join(["(before, after)"] * number)
        raise ValueError(f"`{name}` takes padding=({shape}). Received: padding={padding!r}")


@operation
def temporal_padding(x: Any, padding: Any = (1, 1)) -> torch.Tensor:
    """Return sequences with zeros before the first and after the last step.

    Args:
        x: Tensor of shape ``(batch, steps, features)``.
        padding: How many before and how many after; an int for both, as in Keras 1.

    Raises:
        ValueError: there are not two.

    Example:
        >>> temporal_padding(torch.ones(1, 2, 1), (1, 0)).flatten()
        tensor([0., 1., 1.])
    """
    amounts = (padding, padding) if isinstance(padding, int) else padding
    _check_amounts([amounts], 1, "temporal_padding")
    return _padded(tensor(x), {1: amounts})


@operation
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> torch.Tensor:
    """Return images with zeros around them.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        padding: ``((top, bottom), (left, right))``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.

    Raises:
        ValueError: the layout is unknown, or the numbers are not two pairs.

    Example:
        >>> spatial_2d_padding(torch.ones(1, 2, 2, 1)).shape
        torch.Size([1, 4, 4, 1])
    """
    _check_amounts(padding, 2, "spatial_2d_padding")
    return _padded(tensor(x), dict(zip(spatial_axes(checked_format(data_format), 2), padding, strict=True)))


@operation
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None) -> torch.Tensor:
    """Return volumes with zeros around them.

    Args:
        x: Tensor of shape ``(batch, depth, height, width, channels)``, or as ``data_format`` says.
        padding: A pair of numbers for each of the three axes.
        data_format: As in :func:`spatial_2d_padding`.

    Raises:
        ValueError: the layout is unknown, or the numbers are not three pairs.

    Example:
        >>> spatial_3d_padding(torch.ones(1, 2, 2, 2, 1)).shape
        torch.Size([1, 4, 4, 4, 1])
    """
    _check_amounts(padding, 3, "spatial_3d_padding")
    return _padded(tensor(x), dict(zip(spatial_axes(checked_format(data_format), 3), padding, strict=True)))
