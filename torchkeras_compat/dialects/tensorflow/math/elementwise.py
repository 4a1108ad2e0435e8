"""Functions of single numbers: signs, roots, powers, exponentials, rounding, parts of complex numbers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import floats, numbers, tensor


@tensor_function(ragged="values")
def abs(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the absolute value."""
    return torch.abs(numbers(x, "abs"))


@tensor_function(ragged="values")
def negative(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``-x``."""
    return -numbers(x, "negative")


@tensor_function(ragged="values")
def sign(x: Any, name: str | None = None) -> torch.Tensor:
    """Return -1, 0 or 1; of complex numbers ``x / |x|``."""
    return torch.sgn(numbers(x, "sign"))


@tensor_function(ragged="values")
def square(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x * x``."""
    return torch.square(numbers(x, "square"))


@tensor_function(ragged="values")
def sqrt(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the square root.

    Raises:
        InvalidArgumentError: ``x`` holds integers, which these functions do not convert.
    """
    return torch.sqrt(floats(x, "sqrt"))


@tensor_function(ragged="values")
def rsqrt(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``1 / sqrt(x)``."""
    return torch.rsqrt(floats(x, "math.rsqrt"))


@tensor_function(ragged="values")
def reciprocal(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``1 / x``; of integers the integer part."""
    values = numbers(x, "math.reciprocal")
    if values.is_floating_point() or values.is_complex():
        return torch.reciprocal(values)
    return torch.div(torch.ones_like(values), values, rounding_mode="trunc")


@tensor_function(ragged="values")
def reciprocal_no_nan(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``1 / x``, and 0 where ``x`` is 0."""
    values = floats(x, "math.reciprocal_no_nan")
    is_zero = values == 0
    return torch.where(is_zero, torch.zeros_like(values), 1 / torch.where(is_zero, torch.ones_like(values), values))


@tensor_function(ragged="values")
def exp(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``e**x``."""
    return torch.exp(floats(x, "exp"))


@tensor_function(ragged="values")
def expm1(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``e**x - 1``, exactly near 0."""
    return torch.expm1(floats(x, "math.expm1"))


@tensor_function(ragged="values")
def log(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the natural logarithm."""
    return torch.log(floats(x, "math.log"))


@tensor_function(ragged="values")
def log1p(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``log(1 + x)``, exactly near 0."""
    return torch.log1p(floats(x, "math.log1p"))


@tensor_function(ragged="values")
def sigmoid(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``1 / (1 + e**-x)``."""
    return torch.sigmoid(floats(x, "sigmoid"))


@tensor_function(ragged="values")
def log_sigmoid(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the logarithm of :func:`sigmoid`."""
    return F.logsigmoid(floats(x, "math.log_sigmoid", complex=False))


@tensor_function(ragged="values")
def softplus(features: Any, name: str | None = None) -> torch.Tensor:
    """Return ``log(1 + e**features)``."""
    values = floats(features, "math.softplus", complex=False)
    return torch.logaddexp(values, values.new_zeros(()))


@tensor_function(ragged="values")
def softsign(features: Any, name: str | None = None) -> torch.Tensor:
    """Return ``features / (1 + |features|)``."""
    return F.softsign(floats(features, "math.softsign", complex=False))


@tensor_function
def softmax(logits: Any, axis: Any = None, name: str | None = None) -> torch.Tensor:
    """Return ``e**logits`` divided by their sum along an axis, the last by default."""
    return torch.softmax(floats(logits, "math.softmax", complex=False), -1 if axis is None else int(axis))


@tensor_function
def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the logarithm of :func:`softmax`."""
    return torch.log_softmax(floats(logits, "math.log_softmax", complex=False), -1 if axis is None else int(axis))


@tensor_function(ragged="values")
def ceil(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the least integer not below, as a floating point number."""
    return torch.ceil(floats(x, "math.ceil", complex=False))


@tensor_function(ragged="values")
def floor(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the largest integer not above, as a floating point number."""
    return torch.floor(floats(x, "floor", complex=False))


@tensor_function(ragged="values")
def rint(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the nearest integer, of two the even one, as a floating point number."""
    return torch.round(floats(x, "math.rint", complex=False))


@tensor_function(ragged="values")
def round(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the nearest integer, of two the even one, in the dtype of ``x``."""
    values = numbers(x, "round")
    return torch.round(values) if values.is_floating_point() else values


@tensor_function
def real(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the real part."""
    values = tensor(input)
    return values.real if values.is_complex() else values


@tensor_function
def imag(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the imaginary part; zeros of real numbers."""
    values = tensor(input)
    return values.imag if values.is_complex() else torch.zeros_like(values)


@tensor_function
def conj(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the complex conjugate; real numbers as they are."""
    values = tensor(x)
    return values.conj().resolve_conj() if values.is_complex() else values


@tensor_function
def angle(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the argument of complex numbers, in ``(-pi, pi]``; of real ones 0 or pi."""
    return torch.angle(tensor(input))


@tensor_function(ragged="values")
def is_nan(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each number is NaN."""
    return torch.isnan(floats(x, "math.is_nan", complex=False))


@tensor_function(ragged="values")
def is_inf(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each number is infinite."""
    return torch.isinf(floats(x, "math.is_inf", complex=False))


@tensor_function(ragged="values")
def is_finite(x: Any, name: str | None = None) -> torch.Tensor:
    """Return whether each number is finite."""
    return torch.isfinite(floats(x, "math.is_finite", complex=False))
