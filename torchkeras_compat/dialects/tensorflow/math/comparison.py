"""Numbers compared, and truth values combined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import booleans, is_tensor, operands


def _compared(function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], x: Any, y: Any) -> torch.Tensor:
    if is_tensor(y) and not is_tensor(x):
        second, first = operands(y, x)
    else:
        first, second = operands(x, y)
    return function(first, second)


@tensor_function(compares=("x", "y"), ragged="values")
def equal(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each pair is equal.

    Raises:
        InvalidArgumentError: dtypes differ, or shapes do not broadcast.
    """
    return _compared(torch.eq, x, y)


@tensor_function(compares=("x", "y"), ragged="values")
def not_equal(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each pair differs."""
    return _compared(torch.ne, x, y)


@tensor_function(ragged="values")
def less(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether ``x < y``."""
    return _compared(torch.lt, x, y)


@tensor_function(ragged="values")
def less_equal(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether ``x <= y``."""
    return _compared(torch.le, x, y)


@tensor_function(ragged="values")
def greater(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether ``x > y``."""
    return _compared(torch.gt, x, y)


@tensor_function(ragged="values")
def greater_equal(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether ``x >= y``."""
    return _compared(torch.ge, x, y)


@tensor_function(ragged="values")
def logical_and(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether both are true.

    Raises:
        InvalidArgumentError: one is a tensor of numbers.
        TypeError: one holds numbers.
    """
    return booleans(x, "logical_and") & booleans(y, "logical_and")


@tensor_function(ragged="values")
def logical_or(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return whether one is true, or both."""
    return booleans(x, "logical_or") | booleans(y, "logical_or")


@tensor_function(ragged="values")
def logical_not(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each is false."""
    return ~booleans(x, "logical_not")


@tensor_function(ragged="values")
def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> torch.Tensor:
    """Return whether one is true, and not both."""
    return booleans(x, "math.logical_xor") ^ booleans(y, "math.logical_xor")
