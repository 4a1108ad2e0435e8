"""Products of matrices and batches of them, and look-ups."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.legacy.backend.operands import pair, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def dot(x: Any, y: Any) -> torch.Tensor:
    """Return the product over the last axis of ``x`` and the last but one of ``y``.

    Args:
        x: Tensor of shape ``(..., n)``.
        y: Tensor of shape ``(..., n, m)``, or of ``(n,)``.

    Returns:
        Tensor of the other axes of ``x`` followed by those of ``y``.

    Example:
        >>> dot(torch.ones(2, 3, 4), torch.ones(5, 4, 6)).shape
        torch.Size([2, 3, 5, 6])

    Source: Keras 2.3 API, backend.dot.
    """
    first, second = pair(x, y)
    if second.dim() < 2 or first.dim() == 0:
        return first * second if 0 in (first.dim(), second.dim()) else torch.matmul(first, second)
    if first.dim() <= 2 and second.dim() == 2:
        return torch.matmul(first, second)
    result: torch.Tensor = torch.tensordot(first, second, dims=([first.dim() - 1], [second.dim() - 2]))
    return result


@operation
def batch_dot(x: Any, y: Any, axes: Any = None) -> torch.Tensor:
    """Return the product over one axis of each sample.

    Args:
        x: Tensor of shape ``(batch, ...)``, of at least two axes.
        y: Likewise.
        axes: The axis of ``x`` and that of ``y``, or one for both; none is the batch axis. None for the last of ``x``
            and the last but one of ``y``, which has at least three axes; of two, the last.

    Returns:
        Tensor of the batch axis, the other axes of ``x`` and those of ``y``; ``(batch, 1)`` if there are no others.

    Raises:
        ValueError: an axis does not exist or is the batch axis, the sizes differ, or there are too few axes.

    Example:
        >>> batch_dot(torch.ones(5, 1, 2), torch.ones(5, 2, 3), axes=(2, 1)).shape
        torch.Size([5, 1, 3])

    Source: Keras 2.3 API, backend.batch_dot.
    """
    first, second = pair(x, y)
    shapes = f"shapes {tuple(first.shape)} and {tuple(second.shape)} with axes={axes}"
    if first.dim() < 2 or second.dim() < 2:
        raise ValueError(f"`batch_dot` needs inputs of at least 2 axes, the batch first. Received: {shapes}.")
    if axes is None:
        axes = (first.dim() - 1, second.dim() - 1 if second.dim() == 2 else second.dim() - 2)
    own, other = (axes, axes) if isinstance(axes, int) else tuple(axes)
    if any(isinstance(a, (list, tuple)) for a in (own, other)):
        raise ValueError(f"`batch_dot` contracts one axis of each input, not several. Received: {shapes}.")
    if not -first.dim() <= own < first.dim() or not -second.dim() <= other < second.dim():
        raise ValueError(f"`batch_dot` was given an axis that an input does not have. Received: {shapes}.")
    own, other = own % first.dim(), other % second.dim()
    if 0 in (own, other):
        raise ValueError(f"`batch_dot` cannot contract the batch axis, 0. Received: {shapes}. For that use `K.dot`.")
    if first.shape[own] != second.shape[other]:
        raise ValueError(f"`batch_dot` needs the contracted axes to be of one size. Received: {shapes}.")
    left, right = first.movedim(own, -1), second.movedim(other, 1)
    result = torch.matmul(left.flatten(1, -2) if left.dim() > 2 else left[:, None], _as_matrices(right))
    kept = (*left.shape[1:-1], *right.shape[2:])
    return result.reshape(len(result), *(kept or (1,)))


def _as_matrices(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(2) if x.dim() > 2 else x[..., None]


@operation
def batch_dot_by_matrices(x: Any, y: Any, axes: Any = None) -> torch.Tensor:
    """Return what ``batch_dot`` of Keras 1 and early Keras 2 gives: products of the matrices in the last two axes.

    It differs from :func:`batch_dot` for inputs of more than three axes, whose leading axes all count as batch axes.

    Args:
        x: Tensor of at least two axes.
        y: Likewise.
        axes: As in :func:`batch_dot`.

    Raises:
        ValueError: sizes do not fit.

    Example:
        >>> batch_dot_by_matrices(torch.ones(5, 7, 1, 2), torch.ones(5, 7, 2, 3), axes=(3, 2)).shape
        torch.Size([5, 7, 1, 3])

    Source: Keras 1.2 API, backend.batch_dot.
    """
    first, second = pair(x, y)
    if axes is None:
        axes = (first.dim() - 1, second.dim() - 2)
    own, other = (axes, axes) if isinstance(axes, int) else tuple(axes)
    ranks = first.dim(), second.dim()
    missing = abs(ranks[0] - ranks[1])
    if ranks[0] > ranks[1]:
        second = second.reshape(*second.shape, *[1] * missing)
    else:
        first = first.reshape(*first.shape, *[1] * missing)
    if first.dim() == 2:
        result = (first * second).sum(own) if own == other else (first.t() * second).sum(other)
    else:
        left = first if own == first.dim() - 1 else first.transpose(-1, -2)
        right = second.transpose(-1, -2) if other == second.dim() - 1 else second
        result = torch.matmul(left, right)
    if missing:
        start = sum(ranks) - 3 if ranks[0] > ranks[1] else ranks[0] - 1
        result = result.squeeze(tuple(range(start, start + missing)))
    return result[:, None] if result.dim() == 1 else result


@operation
def transpose(x: Any) -> torch.Tensor:
    """Return the tensor with its axes reversed.

    Example:
        >>> transpose(torch.ones(2, 3)).shape
        torch.Size([3, 2])
    """
    values = tensor(x)
    return values.permute(*reversed(range(values.dim())))


@operation
def gather(reference: Any, indices: Any) -> torch.Tensor:
    """Return the rows of ``reference`` at integer positions.

    Args:
        reference: Tensor of shape ``(n, ...)``.
        indices: Integers in ``[0, n)`` of any shape.

    Returns:
        Tensor of the shape of the indices followed by that of a row.

    Example:
        >>> gather(torch.tensor([10.0, 20.0]), torch.tensor([[1, 0]]))
        tensor([[20., 10.]])
    """
    rows, places = tensor(reference), tensor(indices).long()
    return rows[places]
