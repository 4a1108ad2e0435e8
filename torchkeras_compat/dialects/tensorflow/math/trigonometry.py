"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import floats


@tensor_function(ragged="values")
def sin(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the sine, of radians."""
    return torch.sin(floats(x, "sin"))


@tensor_function(ragged="values")
def cos(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the cosine, of radians."""
    return torch.cos(floats(x, "cos"))


@tensor_function(ragged="values")
def tan(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the tangent, of radians."""
    return torch.tan(floats(x, "tan"))


@tensor_function(ragged="values")
def asin(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse sine, in ``[-pi / 2, pi / 2]``."""
    return torch.asin(floats(x, "asin"))


@tensor_function(ragged="values")
def acos(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse cosine, in ``[0, pi]``."""
    return torch.acos(floats(x, "acos"))


@tensor_function(ragged="values")
def atan(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse tangent, in ``[-pi / 2, pi / 2]``."""
    return torch.atan(floats(x, "atan"))


@tensor_function(ragged="values")
def sinh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the hyperbolic sine."""
    return torch.sinh(floats(x, "sinh"))


@tensor_function(ragged="values")
def cosh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the hyperbolic cosine."""
    return torch.cosh(floats(x, "cosh"))


@tensor_function(ragged="values")
def tanh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the hyperbolic tangent."""
    return torch.tanh(floats(x, "tanh"))


@tensor_function(ragged="values")
def asinh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse hyperbolic sine."""
    return torch.asinh(floats(x, "asinh"))


@tensor_function(ragged="values")
def acosh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse hyperbolic cosine, NaN below 1."""
    return torch.acosh(floats(x, "acosh"))


@tensor_function(ragged="values")
def atanh(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse hyperbolic tangent, NaN outside ``[-1, 1]``."""
    return torch.atanh(floats(x, "atanh"))
