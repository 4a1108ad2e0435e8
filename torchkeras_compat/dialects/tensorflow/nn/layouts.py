"""How `tf.nn` says layouts, strides and paddings, in the terms of this package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

_CHANNELS_FIRST = ("NCW", "NCHW", "NCDHW")
_CHANNELS_LAST = ("NWC", "NHWC", "NDHWC")


def is_channels_first(data_format: str | None) -> bool:
    """Return whether the channels come second.

    Raises:
        ValueError: the layout is unknown.
    """
    if data_format is None or data_format in _CHANNELS_LAST:
        return False
    if data_format in _CHANNELS_FIRST:
        return True
    raise ValueError(
        f"Unknown data_format {data_format!r}. Use one of {', '.join((*_CHANNELS_LAST, *_CHANNELS_FIRST))}."
    )


def spatial(values: Any, axes: int, data_format: str | None, what: str) -> tuple[int, ...]:
    """Return one number for each spatial axis, of an int, of one for each of them, or of one for each axis.

    Args:
        values: The argument; None for ones.
        axes: Number of spatial axes.
        data_format: Layout, which says where they are among all axes.
        what: Name of the argument, for messages.

    Raises:
        ValueError: there are more or fewer, or those of batch and channels are not 1.

    Example:
        >>> spatial([1, 2, 2, 1], 2, "NHWC", "strides"), spatial(3, 2, None, "strides")
        ((2, 2), (3, 3))
    """
    if values is None:
        return (1,) * axes
    if not isinstance(values, (list, tuple, torch.Tensor)):
        return (int(values),) * axes
    given = [int(v) for v in values]
    if len(given) == 1:
        return (given[0],) * axes
    if len(given) == axes:
        return tuple(given)
    if len(given) == axes + 2:
        inner = given[2:] if is_channels_first(data_format) else given[1:-1]
        outer = given[0], given[1 if is_channels_first(data_format) else -1]
        if outer == (1, 1):
            return tuple(inner)
    raise ValueError(
        f"`{what}` is one int, one for each of {axes} spatial axes, or one for each axis with 1 for batch and channels."
        f" Received: {values}"
    )


def pads(padding: Any, data_format: str | None) -> list[tuple[int, int]] | None:
    """Return what an explicit padding, a pair for each axis, adds to the spatial ones; None for a word.

    Raises:
        ValueError: it has another form.
    """
    if isinstance(padding, str):
        return None
    pairs = [(int(a), int(b)) for a, b in padding]
    return pairs[2:] if is_channels_first(data_format) else pairs[1:-1]


def padded(x: torch.Tensor, padding: Sequence[tuple[int, int]], value: float = 0.0) -> torch.Tensor:
    """Return a tensor ``(batch, channels, *spatial)`` with more elements at the ends of the spatial axes."""
    return F.pad(x, [size for pair in reversed(padding) for size in pair], value=value)
