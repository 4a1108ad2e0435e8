"""Sums, products, quotients, powers and extremes of pairs."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import check_floats, floats, is_tensor, numbers, operands, tensor
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes
from torchkeras_compat.dtypes.names import standardize_dtype

_QUOTIENTS = {
    **dict.fromkeys((torch.int32, torch.int64, torch.uint32, torch.uint64), torch.float64),
    **dict.fromkeys((torch.int8, torch.int16, torch.uint8, torch.uint16), torch.float32),
}


def _pair(x: Any, y: Any, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    first, second = operands(x, y)
    numbers(first, name)
    return first, second


def _texts_added(x: Any, y: Any, name: str | None = None) -> StringTensor:
    return StringTensor(as_bytes(x) + as_bytes(y))


@tensor_function(ragged="values", on_text=_texts_added)
def add(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x + y``, of strings one after the other.

    Raises:
        InvalidArgumentError: dtypes differ, or shapes do not broadcast.
    """
    first, second = _pair(x, y, "add")
    return first + second


@tensor_function(ragged="values")
def subtract(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x - y``."""
    first, second = _pair(x, y, "subtract")
    return first - second


@tensor_function(ragged="values")
def multiply(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x * y``."""
    first, second = _pair(x, y, "multiply")
    return first * second


@tensor_function(ragged="values")
def truediv(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y``; of integers in float64, of those of 8 and 16 bits in float32.

    Raises:
        TypeError: dtypes differ.
    """
    first, second = _quotient_pair(x, y)
    return first / second


def _quotient_pair(x: Any, y: Any) -> tuple[torch.Tensor, torch.Tensor]:
    first = tensor(x)
    second = tensor(y) if is_tensor(y) or not _is_integral(y) else operands(first, y)[1]
    if not is_tensor(y) and first.is_floating_point():
        second = operands(first, y)[1]
    if first.dtype is not second.dtype:
        raise TypeError(
            f"`x` and `y` must have the same dtype. Received: {standardize_dtype(first.dtype)} and"
            f" {standardize_dtype(second.dtype)}. Cast one with `tf.cast`."
        )
    dtype = _QUOTIENTS.get(first.dtype)
    numbers(first, "truediv")
    return (first, second) if dtype is None else (first.to(dtype), second.to(dtype))


def _is_integral(x: Any) -> bool:
    return not tensor(x).is_floating_point()


@tensor_function(ragged="values")
def divide(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y`` as Python 3 divides: see :func:`truediv`."""
    first, second = _quotient_pair(x, y)
    return first / second


@tensor_function(ragged="values")
def realdiv(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y`` of floating point numbers."""
    first, second = _pair(x, y, "realdiv")
    return check_floats(first, "realdiv") / second


@tensor_function(ragged="values")
def div(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y`` as Python 2 divides: of integers the floor, an integer."""
    first, second = _pair(x, y, "div")
    return first / second if first.is_floating_point() or first.is_complex() else _floored(first, second)


@tensor_function(ragged="values")
def floordiv(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the largest integer not above ``x / y``, in the dtype of ``x``.

    Raises:
        InvalidArgumentError: an integer is divided by zero.
    """
    return _floored(*_pair(x, y, "math.floordiv"))


def _floored(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return torch.div(first, second, rounding_mode="floor")


@tensor_function(ragged="values")
def floormod(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the remainder that has the sign of ``y``.

    Raises:
        InvalidArgumentError: an integer is divided by zero.
    """
    first, second = _pair(x, y, "math.floormod")
    return torch.remainder(first, second)


@tensor_function(ragged="values")
def mod(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the remainder that has the sign of ``y``, as :func:`floormod`."""
    first, second = _pair(x, y, "math.mod")
    return torch.remainder(first, second)


@tensor_function
def truncatediv(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y`` of integers, rounded towards zero."""
    first, second = _pair(x, y, "truncatediv")
    return torch.div(first, second, rounding_mode="trunc")


@tensor_function
def truncatemod(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the remainder that has the sign of ``x``."""
    first, second = _pair(x, y, "truncatemod")
    return torch.fmod(first, second)


@tensor_function(ragged="values")
def divide_no_nan(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y``, and 0 where ``y`` is 0, with gradients that are 0 there too."""
    first, second = _quotient_pair(x, y)
    is_zero = second == 0
    return torch.where(is_zero, torch.zeros_like(second), first / torch.where(is_zero, torch.ones_like(second), second))


@tensor_function(ragged="values")
def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x * y``, and 0 where ``y`` is 0, even if ``x`` is infinite or NaN."""
    first, second = operands(x, y)
    check_floats(first, "math.multiply_no_nan")
    is_zero = second == 0
    return torch.where(is_zero, torch.zeros_like(second), torch.where(is_zero, torch.zeros_like(first), first) * second)


@tensor_function
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return a tensor times a number without axes.

    Raises:
        ValueError: ``scalar`` has axes.
    """
    values = tensor(x)
    factor = operands(values, scalar)[1]
    if factor.ndim:
        raise ValueError(f"`tf.scalar_mul` takes a scalar without axes. Received shape {tuple(factor.shape)}.")
    return values * factor


@tensor_function
def add_n(inputs: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of tensors of one shape and dtype.

    Raises:
        ValueError: the list is empty.
        InvalidArgumentError: shapes or dtypes differ.
    """
    return _total(inputs, "add_n")


@tensor_function
def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the sum of tensors of one shape and dtype, as :func:`add_n`."""
    return _total(inputs, "math.accumulate_n")


def _total(inputs: Any, name: str) -> torch.Tensor:
    parts = operands(*inputs) if isinstance(inputs, (list, tuple)) else (tensor(inputs),)
    if not parts:
        raise ValueError(f"`tf.{name}` needs at least one tensor. Received an empty list.")
    total = numbers(parts[0], name)
    for part in parts[1:]:
        if part.shape != total.shape:
            raise InvalidArgumentError(
                f"`tf.{name}` takes tensors of one shape. Received: {tuple(total.shape)} and {tuple(part.shape)}"
            )
        total = total + part
    return total


@tensor_function(ragged="values")
def pow(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x`` to the power of ``y``.

    Raises:
        InvalidArgumentError: an integer is raised to a negative power.
    """
    first, second = _pair(x, y, "pow")
    if (
        not (first.is_floating_point() or first.is_complex())
        and second.device.type == "cpu"
        and bool((second < 0).any())
    ):
        raise InvalidArgumentError("Integers to negative integer powers are not allowed. Use `tf.cast` first.")
    return torch.pow(first, second)


@tensor_function(ragged="values")
def maximum(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the larger of each pair; where they are equal the gradient goes to ``x``."""
    return _chosen(*_pair(x, y, "maximum"), torch.maximum, torch.ge)


@tensor_function(ragged="values")
def minimum(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return the smaller of each pair; where they are equal the gradient goes to ``x``."""
    return _chosen(*_pair(x, y, "minimum"), torch.minimum, torch.le)


def _chosen(first: torch.Tensor, second: torch.Tensor, function: Any, compare: Any) -> torch.Tensor:
    if not (first.requires_grad or second.requires_grad):
        found: torch.Tensor = function(first, second)
        return found
    # Torch gives each of two equal numbers half of the gradient.
    return torch.where(compare(first, second) | torch.isnan(first), first, second)


@tensor_function(ragged="values")
def squared_difference(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``(x - y) * conj(x - y)``."""
    first, second = _pair(x, y, "math.squared_difference")
    difference = first - second
    return difference * difference.conj() if difference.is_complex() else difference * difference


@tensor_function
def atan2(y: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return the angle of the point ``(x, y)``, in ``(-pi, pi]``."""
    first, second = operands(y, x)
    return torch.atan2(check_floats(first, "math.atan2", complex=False), second)


@tensor_function
def nextafter(x1: Any, x2: Any, name: str | None = None) -> torch.Tensor:
    """Return the next number of the dtype from ``x1`` towards ``x2``."""
    first, second = operands(x1, x2)
    return torch.nextafter(check_floats(first, "math.nextafter", complex=False), second)


@tensor_function
def xlogy(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x * log(y)``, and 0 where ``x`` is 0."""
    first, second = _float_pair(x, y, "math.xlogy")
    found: torch.Tensor = torch.special.xlogy(first, second)
    return found


@tensor_function
def xlog1py(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x * log(1 + y)``, and 0 where ``x`` is 0."""
    first, second = _float_pair(x, y, "math.xlog1py")
    found: torch.Tensor = torch.special.xlog1py(first, second)
    return found


@tensor_function
def xdivy(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x / y``, and 0 where ``x`` is 0, whatever ``y``."""
    first, second = _float_pair(x, y, "math.xdivy")
    is_zero = first == 0
    return torch.where(is_zero, torch.zeros_like(first), first / torch.where(is_zero, torch.ones_like(second), second))


def _float_pair(x: Any, y: Any, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    first, second = operands(x, y)
    return check_floats(first, name), second


@tensor_function
def polyval(coeffs: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return the polynomial with these coefficients, the highest power first, at ``x``: by Horner's rule.

    Raises:
        ValueError: ``coeffs`` is not a list.
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument `coeffs` must be a list. Received: {type(coeffs).__name__}")
    values = tensor(x)
    if not coeffs:
        return torch.zeros_like(values)
    parts = [operands(values, c)[1] for c in coeffs]
    total = torch.zeros_like(values) + parts[0]
    for part in parts[1:]:
        total = part + total * values
    return total


@tensor_function
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> torch.Tensor:
    """Return the numbers moved into ``[clip_value_min, clip_value_max]``.

    Raises:
        InvalidArgumentError: the result would have another shape than ``t``.
    """
    x, least, greatest = operands(t, clip_value_min, clip_value_max)
    found = torch.maximum(torch.minimum(x, greatest), least) if not x.requires_grad else _clipped(x, least, greatest)
    if found.shape != x.shape:
        raise InvalidArgumentError(
            f"Limits of shapes {tuple(least.shape)} and {tuple(greatest.shape)} do not fit shape {tuple(x.shape)}."
        )
    return found


def _clipped(x: torch.Tensor, least: torch.Tensor, greatest: torch.Tensor) -> torch.Tensor:
    capped = torch.where((x <= greatest) | torch.isnan(x), x, greatest)
    return torch.where((capped >= least) | torch.isnan(capped), capped, least)


@tensor_function
def complex(real: Any, imag: Any, name: str | None = None) -> torch.Tensor:
    """Return complex numbers of their two parts: complex64 of float32, complex128 of float64.

    Raises:
        InvalidArgumentError: the parts are not both of one of these dtypes.
    """
    first, second = operands(real, imag)
    return torch.complex(*torch.broadcast_tensors(floats(first, "complex", complex=False), second.to(first.device)))  # type: ignore[no-untyped-call]
