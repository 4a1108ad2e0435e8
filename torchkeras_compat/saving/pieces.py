"""Pieces of a tensor in the order in which a file holds them, each small enough for the cache of the processor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

PIECE = 1 << 20  # bytes: read, checked and moved while they are in the cache
_PIECE_OF_A_DEVICE = 1 << 24  # each is a transfer of its own
_MATRIX = 1024  # values from which on a matrix is quicker to move than what it is a part of


def pieces(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """Yield views that follow each other, as the values of ``tensor`` do in a file, where the last axis is the fastest.

    Args:
        tensor: Tensor with any strides.

    Example:
        >>> [tuple(piece.shape) for piece in pieces(torch.zeros(3000, 200))]
        [(1310, 200), (1310, 200), (380, 200)]
    """
    limit = PIECE if tensor.device.type == "cpu" else _PIECE_OF_A_DEVICE
    return _pieces(tensor, limit) if tensor.numel() else iter(())


def _pieces(tensor: torch.Tensor, limit: int) -> Iterator[torch.Tensor]:
    size = tensor.numel() * tensor.element_size()
    # torch moves a permuted matrix much faster than a permuted tensor of more axes.
    is_stack = tensor.dim() > 2 and not tensor.is_contiguous() and tensor.shape[-1] * tensor.shape[-2] >= _MATRIX
    if tensor.dim() == 0 or (size <= limit and not is_stack):
        yield tensor
        return
    rows = limit // max(1, size // tensor.shape[0])
    if rows and not is_stack:
        for start in range(0, tensor.shape[0], rows):
            yield tensor[start : start + rows]
        return
    for part in tensor:
        yield from _pieces(part, limit)


def bytes_of(tensor: torch.Tensor) -> memoryview | None:
    """Return the memory of a tensor, to be read and written; None if its values do not lie there in a row.

    Args:
        tensor: Tensor without gradients.
    """
    if tensor.device.type != "cpu" or not tensor.is_contiguous():
        return None
    array: Any = tensor.reshape(-1).view(torch.uint8).numpy()
    return memoryview(array)
