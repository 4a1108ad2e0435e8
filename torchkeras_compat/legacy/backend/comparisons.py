"""Comparisons of each two elements, and the places of the largest."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.legacy.backend.operands import pair, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def equal(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x == y``.

    Example:
        >>> equal(torch.tensor([1.0, 2.0]), 2)
        tensor([False,  True])
    """
    first, second = pair(x, y)
    return first == second


@operation
def not_equal(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x != y``.

    Example:
        >>> not_equal(torch.tensor([1.0, 2.0]), 2)
        tensor([ True, False])
    """
    first, second = pair(x, y)
    return first != second


@operation
def greater(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x > y``.

    Example:
        >>> greater(torch.tensor([1.0, 2.0]), 1)
        tensor([False,  True])
    """
    first, second = pair(x, y)
    return first > second


@operation
def greater_equal(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x >= y``.

    Example:
        >>> greater_equal(torch.tensor([1.0, 2.0]), 2)
        tensor([False,  True])
    """
    first, second = pair(x, y)
    return first >= second


@operation
def less(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x < y``.

    Example:
        >>> less(torch.tensor([1.0, 2.0]), 2)
        tensor([ True, False])
    """
    first, second = pair(x, y)
    return first < second


@operation
def less_equal(x: Any, y: Any) -> torch.Tensor:
    """Return whether ``x <= y``.

    Example:
        >>> less_equal(torch.tensor([1.0, 2.0]), 1)
        tensor([ True, False])
    """
    first, second = pair(x, y)
    return first <= second


@operation
def in_top_k(predictions: Any, targets: Any, k: Any) -> torch.Tensor:
    """Return whether the target of each sample is among the ``k`` largest predictions.

    Args:
        predictions: Tensor of shape ``(batch, classes)``.
        targets: Integers of shape ``(batch,)``.
        k: How many; predictions equal to the least of them count, too.

    Returns:
        Booleans of shape ``(batch,)``; False where the target or a prediction that decides is not finite.

    Example:
        >>> in_top_k(torch.tensor([[0.1, 0.9], [0.1, 0.9]]), torch.tensor([1, 0]), 1)
        tensor([ True, False])

    Source: Keras 2.3 API, backend.in_top_k.
    """
    scores, labels = tensor(predictions), tensor(targets).long()
    classes = scores.shape[-1]
    own = torch.gather(scores, -1, labels.clamp(0, classes - 1).unsqueeze(-1))
    above = (scores > own).sum(-1)
    is_known = (labels >= 0) & (labels < classes) & torch.isfinite(own.squeeze(-1))
    found: torch.Tensor = (above < k) & is_known & torch.isfinite(scores).all(-1)
    return found


@operation
def argmax(x: Any, axis: int = -1) -> torch.Tensor:
    """Return the place of the largest element along an axis, by default the last; the first of equal ones.

    Example:
        >>> argmax(torch.tensor([[1.0, 3.0], [4.0, 4.0]]))
        tensor([1, 0])
    """
    return torch.argmax(tensor(x), dim=axis)


@operation
def argmin(x: Any, axis: int = -1) -> torch.Tensor:
    """Return the place of the smallest element along an axis, by default the last; the first of equal ones.

    Example:
        >>> argmin(torch.tensor([[1.0, 3.0], [4.0, 2.0]]))
        tensor([0, 1])
    """
    return torch.argmin(tensor(x), dim=axis)
