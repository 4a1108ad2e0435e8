"""Targets and predictions brought to one dtype and one rank."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.ops.conversion import cast, convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def aligned(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as tensors of one rank, in the dtype of ``y_pred`` if that is a float and else in ``floatx``.

    Ranks that differ by one are made equal as in :func:`squeeze_or_expand_to_same_rank`.

    Raises:
        ValueError: the shapes cannot be broadcast together.
    """
    # isinstance would be right too, but the loop passes plain tensors that need nothing, and `is` costs less.
    if type(y_true) is torch.Tensor and type(y_pred) is torch.Tensor and y_true.dtype is y_pred.dtype:
        if y_true.shape == y_pred.shape and y_pred.is_floating_point():
            return y_true, y_pred
    y_pred = as_float(convert_to_tensor(y_pred))
    y_true = cast(convert_to_tensor(y_true), y_pred.dtype)
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    if not isinstance(y_true, KerasTensor) and not isinstance(y_pred, KerasTensor):
        check_broadcast(y_true, y_pred)
    return y_true, y_pred


def as_float(x: torch.Tensor) -> torch.Tensor:
    """Return ``x`` itself if it is a real floating tensor, else cast to ``floatx``."""
    return x if to_torch_dtype(x.dtype).is_floating_point else cast(x, config.floatx())


def squeeze_or_expand_to_same_rank(
    x1: torch.Tensor, x2: torch.Tensor, expand_rank_1: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both tensors with a trailing axis of size one added or removed where their ranks differ by one.

    Args:
        x1: Tensor.
        x2: Tensor.
        expand_rank_1: Add an axis to a tensor of rank one rather than remove it from the other.

    Example:
        >>> a, b = squeeze_or_expand_to_same_rank(torch.zeros(3), torch.zeros(3, 1))
        >>> a.shape, b.shape
        (torch.Size([3, 1]), torch.Size([3, 1]))
    """
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        if rank2 == 1 and expand_rank_1:
            x2 = x2.unsqueeze(-1)
        else:
            x1 = x1.squeeze(-1)
    elif rank2 == rank1 + 1 and x2.shape[-1] == 1:
        if rank1 == 1 and expand_rank_1:
            x1 = x1.unsqueeze(-1)
        else:
            x2 = x2.squeeze(-1)
    return x1, x2


def check_broadcast(y_true: torch.Tensor, y_pred: torch.Tensor) -> None:
    """Raise a ValueError if the shapes cannot be broadcast together."""
    if y_true.shape == y_pred.shape:
        return
    for a, b in zip(reversed(y_true.shape), reversed(y_pred.shape), strict=False):
        if a != b and a != 1 and b != 1:
            raise ValueError(
                f"The shapes of targets and predictions do not match: y_true.shape={tuple(y_true.shape)}, "
                f"y_pred.shape={tuple(y_pred.shape)}. Give targets of the shape of the model's output."
            )


def of_same_shape(y_true: torch.Tensor, y_pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both in one shape: a trailing axis of size one may be missing in one of them.

    Raises:
        ValueError: the shapes differ in more.
    """
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    shapes = f"y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}"
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    if tuple(y_true.shape) != tuple(y_pred.shape):
        raise ValueError(
            f"y_true and y_pred must have the same shape. Received: {shapes}. Integer classes belong to a sparse loss;"
            " else reshape the targets to the model's output."
        )
    return y_true, y_pred
