"""Reductions over axes, which may be given as lists and arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import ops


def _axes(axis: Any) -> Any:
    if axis is None or isinstance(axis, int):
        return axis
    axes = tuple(int(a) for a in np.asarray(axis).reshape(-1))
    return axes[0] if np.ndim(axis) == 0 else axes


def max(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the largest element.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> max(torch.tensor([1.0, 2.0]))
        tensor(2.)
    """
    result: torch.Tensor = ops.max(x, axis=_axes(axis), keepdims=keepdims)
    return result


def min(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the smallest element.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> min(torch.tensor([1.0, 2.0]))
        tensor(1.)
    """
    result: torch.Tensor = ops.min(x, axis=_axes(axis), keepdims=keepdims)
    return result


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the sum of the elements.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> sum(torch.tensor([1.0, 2.0]))
        tensor(3.)
    """
    result: torch.Tensor = ops.sum(x, axis=_axes(axis), keepdims=keepdims)
    return result


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the product of the elements.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> prod(torch.tensor([3.0, 2.0]))
        tensor(6.)
    """
    result: torch.Tensor = ops.prod(x, axis=_axes(axis), keepdims=keepdims)
    return result


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the mean of the elements; of integers and booleans in floatx.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> mean(torch.tensor([1, 2]))
        tensor(1.5000)
    """
    result: torch.Tensor = ops.mean(x, axis=_axes(axis), keepdims=keepdims)
    return result


def std(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the population standard deviation of the elements.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> std(torch.tensor([1.0, 3.0]))
        tensor(1.)
    """
    result: torch.Tensor = ops.std(x, axis=_axes(axis), keepdims=keepdims)
    return result


def var(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the population variance of the elements.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> var(torch.tensor([1.0, 3.0]))
        tensor(1.)
    """
    result: torch.Tensor = ops.var(x, axis=_axes(axis), keepdims=keepdims)
    return result


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return the logarithm of the sum of the exponentials of the elements.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> logsumexp(torch.zeros(2))
        tensor(0.6931)
    """
    result: torch.Tensor = ops.logsumexp(x, axis=_axes(axis), keepdims=keepdims)
    return result


def any(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return whether an element is not zero.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> any(torch.tensor([0.0, 2.0]))
        tensor(True)
    """
    result: torch.Tensor = ops.any(x, axis=_axes(axis), keepdims=keepdims)
    return result


def all(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """Return whether all elements are not zero.

    Args:
        x: Tensor.
        axis: Axis, or several; None for all.
        keepdims: Whether the axes stay, with size one.

    Example:
        >>> all(torch.tensor([0.0, 2.0]))
        tensor(False)
    """
    result: torch.Tensor = ops.all(x, axis=_axes(axis), keepdims=keepdims)
    return result
