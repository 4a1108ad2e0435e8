"""Tensors scaled down to a norm."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import axes_of, floats, operands, tensor


@tensor_function
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the tensor scaled so that its norm over ``axes`` is at most ``clip_norm``.

    Raises:
        InvalidArgumentError: the tensor holds integers.

    Example:
        >>> clip_by_norm([3.0, 4.0], 1.0).numpy().round(2).tolist()
        [0.6000000238418579, 0.800000011920929]
    """
    x = floats(t, "clip_by_norm")
    limit = operands(x, clip_norm)[1]
    over = axes_of(axes, x.ndim)
    total = torch.sum(x * x, dim=over, keepdim=True) if over else x * x
    positive = total > 0
    norm = torch.where(positive, torch.sqrt(torch.where(positive, total, torch.ones_like(total))), total)
    return x * limit / torch.maximum(norm, limit)


@tensor_function
def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor scaled so that its norm divided by its number of elements is at most ``clip_norm``."""
    x = floats(t, "clip_by_average_norm")
    limit = operands(x, clip_norm)[1]
    norm = torch.sqrt(torch.sum(x * x)) / x.numel()
    return x * limit / torch.maximum(norm, limit)


@tensor_function
def global_norm(t_list: Any, name: str | None = None) -> torch.Tensor | None:
    """Return the root of the sum of all squares in a list of tensors, of which None are left out; None of none.

    Raises:
        TypeError: ``t_list`` is not a list.
    """
    return _global_norm(t_list)


def _global_norm(t_list: Any) -> torch.Tensor | None:
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received: {type(t_list).__name__}")
    squares = [torch.sum(x * x) for x in (tensor(_values(t)) for t in t_list if t is not None)]
    return torch.sqrt(torch.stack(squares).sum()) if squares else None


def _values(t: Any) -> Any:
    """The values of slices of a gradient, or the tensor itself."""
    return getattr(t, "values", t) if not isinstance(t, torch.Tensor) else t


@tensor_function
def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], torch.Tensor | None]:
    """Return tensors scaled by one factor so that their :func:`global_norm` is at most ``clip_norm``, and that norm.

    Args:
        t_list: Tensors; None stays None.
        clip_norm: Limit.
        use_norm: The norm, where it is known.
        name: Not used.

    Raises:
        TypeError: ``t_list`` is not a list.
    """
    norm = _global_norm(t_list) if use_norm is None else tensor(use_norm)
    if norm is None:
        return list(t_list), None
    limit = operands(norm, clip_norm)[1]
    scale = limit * torch.minimum(1 / norm, 1 / limit)
    scale = torch.where(torch.isfinite(norm), scale, torch.nan)
    return [None if t is None else tensor(t) * scale.to(tensor(t).dtype) for t in t_list], norm
