"""Integer categories as vectors with one position for each: one-hot, multi-hot and counts."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from torchkeras_compat.typing import Shape


def encode(
    categories: torch.Tensor,
    size: int,
    output_mode: str,
    dtype: torch.dtype,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return ``(..., size)``: what each sample has of each category. A category outside ``[0, size)`` counts nowhere.

    Args:
        categories: Integers, ``(batch, features, ...)``. Axis 1 is what makes up one vector, or the only axis there is;
            but each integer has a vector of its own for ``"one_hot"``, where a last axis of size 1 goes.
        size: Number of categories.
        output_mode: ``"one_hot"``, ``"multi_hot"`` or ``"count"``.
        dtype: Dtype of the result.
        weights: What each category adds to its count, of the shape of ``categories``; None for 1.

    Example:
        >>> encode(torch.tensor([[0, 1], [2, 2]]), 3, "count", torch.int64).tolist()
        [[1, 1, 0], [0, 0, 2]]
    """
    if output_mode == "one_hot":
        if categories.ndim > 1 and categories.shape[-1] == 1:
            categories = categories.squeeze(-1)
        return (categories.unsqueeze(-1) == torch.arange(size, device=categories.device)).to(dtype)
    if categories.ndim == 0:
        categories = categories[None]
        weights = None if weights is None else weights.reshape(1)
    elif categories.ndim > 2:
        categories = categories.movedim(1, -1)
        weights = None if weights is None else weights.movedim(1, -1)
    # What is outside goes to a position of its own, which is cut off.
    places = torch.where((categories >= 0) & (categories < size), categories, size).long()
    result = torch.zeros((*categories.shape[:-1], size + 1), dtype=dtype, device=categories.device)
    if output_mode == "multi_hot":
        return result.scatter_(-1, places, 1)[..., :size]
    added = torch.ones_like(places, dtype=dtype) if weights is None else weights.to(result)
    return result.scatter_add_(-1, places, added.broadcast_to(places.shape))[..., :size]


def encoded_shape(shape: Sequence[int | None], size: int | None, output_mode: str) -> Shape:
    """Return the shape that :func:`encode` gives for categories of a shape."""
    shape = tuple(shape)
    if output_mode == "one_hot" and shape and (len(shape) == 1 or shape[-1] != 1):
        return (*shape, size)
    if output_mode == "one_hot" or len(shape) < 2:
        return (*shape[:-1], size)
    return (shape[0], *shape[2:], size)


def refuse_sparse(kind: str, sparse: bool) -> None:
    """Raise a ValueError if a layer is asked for sparse output."""
    if sparse:
        raise ValueError(
            f"`sparse=True` cannot be used with {kind} on PyTorch: the output is a dense tensor. Received: sparse="
            f"{sparse!r}. Leave it out; `tensor.to_sparse()` makes a sparse tensor of the output where one is needed."
        )


def check_mode(kind: str, output_mode: str, known: Sequence[str]) -> None:
    """Raise a ValueError if an output mode is not one of those that a layer has."""
    if output_mode not in known:
        listed = ", ".join(f"'{mode}'" for mode in known)
        raise ValueError(
            f"Unknown arg for output_mode: {output_mode}. The modes of {kind} are {listed}. Received: output_mode="
            f"{output_mode!r}"
        )
