"""The largest elements of a row."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


def largest(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """Return the index of the largest element along an axis; of booleans too, which torch's ``argmax`` refuses.

    Example:
        >>> largest(torch.tensor([[False, True], [True, False]]))
        tensor([1, 0])
    """
    return (x.byte() if x.dtype is torch.bool else x).argmax(axis)


@operation
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ``k`` largest elements along the last axis and their indices.

    Args:
        x: Tensor with at least one axis.
        k: How many elements, at most the size of the last axis.
        sorted: Whether the largest comes first; any order otherwise.

    Returns:
        Values, and indices in int32, both ``(..., k)``.

    Example:
        >>> values, indices = top_k([0.0, 4.0, 2.0], 2)
        >>> values, indices
        (tensor([4., 2.]), tensor([1, 2], dtype=torch.int32))
    """
    values, indices = torch.topk(convert_to_tensor(x), k, sorted=sorted)
    return values, indices.to(torch.int32)


@operation
def in_top_k(targets: Any, predictions: Any, k: int) -> torch.Tensor:
    """Return whether the score of the target class is among the ``k`` largest of its row.

    All classes that tie with the last of the ``k`` are in. A target that is not a class, or whose score is not finite,
    is not.

    Args:
        targets: Class indices, ``(batch,)``.
        predictions: Scores, ``(batch, classes)``.
        k: How many classes are in.

    Returns:
        Booleans, ``(batch,)``.

    Example:
        >>> in_top_k([1, 0], [[0.1, 0.9, 0.5], [0.1, 0.9, 0.5]], 2)
        tensor([ True, False])
    """
    targets, predictions = convert_to_tensor(targets).to(torch.int64), convert_to_tensor(predictions)
    classes = predictions.shape[-1]
    score = predictions.gather(-1, targets.clamp(0, classes - 1).unsqueeze(-1))
    better = (predictions > score).sum(dim=-1)
    return (better < k) & torch.isfinite(score.squeeze(-1)) & (targets >= 0) & (targets < classes)
