"""Running sums, products and log-sums."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import axis_of, floats, numbers


@tensor_function
def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return running sums along an axis.

    Args:
        x: Numbers.
        axis: The axis.
        exclusive: Whether each sum leaves out its own element.
        reverse: Whether to sum from the end.
        name: Not used.

    Raises:
        InvalidArgumentError: the axis does not exist.

    Example:
        >>> cumsum([1, 2, 3], exclusive=True).numpy().tolist()
        [0, 1, 3]
    """
    values = numbers(x, "cumsum")
    return _running(values, axis, exclusive, reverse, lambda v, a: torch.cumsum(v, a, dtype=v.dtype), 0)


@tensor_function
def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return running products along an axis; see :func:`cumsum`."""
    values = numbers(x, "math.cumprod")
    return _running(values, axis, exclusive, reverse, lambda v, a: torch.cumprod(v, a, dtype=v.dtype), 1)


@tensor_function
def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return the logarithm of running sums of ``e**x`` along an axis; see :func:`cumsum`.

    The first of exclusive ones is minus infinity.
    """
    values = floats(x, "math.cumulative_logsumexp", complex=False)
    return _running(values, axis, exclusive, reverse, torch.logcumsumexp, float("-inf"))


def _running(x: torch.Tensor, axis: Any, exclusive: bool, reverse: bool, run: Any, first: Any) -> torch.Tensor:
    at = axis_of(axis, x.ndim)
    x = x.flip(at) if reverse else x
    if exclusive:
        start = x.new_full([1 if a == at else size for a, size in enumerate(x.shape)], first)
        x = torch.cat([start, run(x, at).narrow(at, 0, x.shape[at] - 1)], at) if x.shape[at] else x
    else:
        x = run(x, at)
    return x.flip(at) if reverse else x
