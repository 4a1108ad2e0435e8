"""Operators of `tf.Tensor`: what they do with arrays, numbers and dtypes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shells import Tensor, plain_of, unwrap, wrap
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variable_base import VariableBase

Function = Callable[..., Any]


def as_operand(other: Any, x: torch.Tensor) -> Any:
    """Return the other operand of an operator as torch takes it: arrays and lists in the dtype of ``x``, as TensorFlow.

    Raises:
        InvalidArgumentError: it is a tensor of another dtype: TensorFlow casts none.
        TypeError: it is a number that the dtype of ``x`` cannot hold.
        ValueError: it is neither a number nor anything that holds numbers.
    """
    kind = type(other)
    if kind is Tensor:
        return _of_one_dtype(plain_of(other), x)
    if kind is float and not (x.is_floating_point() or x.is_complex()):
        raise TypeError(f"Cannot convert {other} to a tensor of dtype {standardize_dtype(x.dtype)}. Use `tf.cast`.")
    if kind is int or kind is float or kind is bool or isinstance(other, KerasTensor):
        return other
    if isinstance(other, VariableBase):
        return _of_one_dtype(other.value, x)
    if isinstance(other, torch.Tensor):
        return _of_one_dtype(other, x)
    if isinstance(other, (np.ndarray, np.generic, list, tuple)):
        other = unwrap(list(other) if isinstance(other, tuple) else other)
        return convert_to_tensor(other, dtype=x.dtype).to(x.device)
    if isinstance(other, complex):
        return other
    raise ValueError(
        f"Attempt to convert a value ({other!r}) with an unsupported type ({type(other)}) to a Tensor. Use numbers, "
        "arrays, tensors or variables."
    )


def _of_one_dtype(other: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    if other.dtype is not x.dtype:
        raise InvalidArgumentError(
            f"Operands must have one dtype. Received: {standardize_dtype(x.dtype)} and"
            f" {standardize_dtype(other.dtype)}. Cast one with `tf.cast`."
        )
    return other


_QUOTIENTS = {torch.int32: torch.float64, torch.int64: torch.float64}
_QUOTIENTS |= dict.fromkeys((torch.int8, torch.int16, torch.uint8), torch.float32)


def _divide(a: Any, b: Any) -> Any:
    """Return ``a / b``; of integers in float64, or float32 where they are small, as TensorFlow."""
    x = a if isinstance(a, torch.Tensor) else b
    dtype = _QUOTIENTS.get(x.dtype)
    if dtype is None or (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.dtype != b.dtype):
        return a / b
    return (a.to(dtype) / b) if x is a else (a / b.to(dtype))


def equal(a: Any, b: Any) -> Any:
    """Return ``a == b`` of each pair; of shapes that do not broadcast False."""
    try:
        return operator.eq(a, b)
    except RuntimeError:
        return torch.tensor(False)


def unequal(a: Any, b: Any) -> Any:
    """Return ``a != b`` of each pair; of shapes that do not broadcast True."""
    return ~equal(a, b)


def _binary(function: Function, swapped: bool = False) -> Function:
    def operate(self: Any, other: Any) -> Any:
        x = plain_of(self)
        y = as_operand(other, x)
        return wrap(function(y, x) if swapped else function(x, y))

    return operate


def _comparison(function: Function, with_none: bool) -> Function:
    def compare(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str):
            return with_none
        x = plain_of(self)
        return wrap(function(x, as_operand(other, x)))

    return compare


def _unary(function: Function) -> Function:
    def operate(self: Any) -> Any:
        return wrap(function(plain_of(self)))

    return operate


BINARY: dict[str, Function] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": _divide,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
COMPARISONS: dict[str, Function] = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
for _name, _function in BINARY.items():
    setattr(Tensor, f"__{_name}__", _binary(_function))
    setattr(Tensor, f"__i{_name}__", _binary(_function))
    setattr(Tensor, f"__r{_name}__", _binary(_function, swapped=True))
for _name, _function in COMPARISONS.items():
    setattr(Tensor, f"__{_name}__", _binary(_function))
Tensor.__eq__ = _comparison(equal, False)  # type: ignore[method-assign]
Tensor.__ne__ = _comparison(unequal, True)  # type: ignore[method-assign]
UNARY: dict[str, Function] = {"neg": operator.neg, "abs": operator.abs, "invert": operator.invert}
for _name, _function in UNARY.items():
    setattr(Tensor, f"__{_name}__", _unary(_function))
