"""`tf.bitwise`: integers bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import operands, tensor


def _of_integers(function: Callable[..., torch.Tensor], *values: Any) -> torch.Tensor:
    parts = operands(*values)
    if parts[0].is_floating_point() or parts[0].is_complex() or parts[0].dtype is torch.bool:
        raise InvalidArgumentError(f"`tf.bitwise` takes integers. Received dtype {parts[0].dtype}. Use `tf.cast`.")
    return function(*parts)


@tensor_function
def bitwise_and(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the bits that both have.

    Raises:
        InvalidArgumentError: the numbers are not integers of one dtype.

    Example:
        >>> bitwise_and([6, 3], 2).numpy().tolist()
        [2, 2]
    """
    return _of_integers(torch.bitwise_and, x, y)


@tensor_function
def bitwise_or(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the bits that one has, or both."""
    return _of_integers(torch.bitwise_or, x, y)


@tensor_function
def bitwise_xor(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the bits that only one has."""
    return _of_integers(torch.bitwise_xor, x, y)


@tensor_function
def invert(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the other bits."""
    return _of_integers(torch.bitwise_not, tensor(x))


@tensor_function
def left_shift(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the bits moved up by ``y`` places."""
    return _of_integers(torch.bitwise_left_shift, x, y)


@tensor_function
def right_shift(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the bits moved down by ``y`` places, the sign kept."""
    return _of_integers(torch.bitwise_right_shift, x, y)
