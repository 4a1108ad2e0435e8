"""Tensors made of values, shapes and other tensors: `tf.constant`, `tf.zeros`, `tf.range`, `tf.cast`, ..."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.dtypes import DType, as_dtype
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor
from torchkeras_compat.dialects.tensorflow.tensor import identity_of, tensor_function, unwrap, wrap
from torchkeras_compat.dialects.tensorflow.variable import IndexedSlices
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable


def _torch_dtype(dtype: Any) -> torch.dtype | None:
    return None if dtype is None else as_dtype(dtype).torch_dtype


def _holds_text(value: Any) -> bool:
    """Whether the first of nested values is a string."""
    while isinstance(value, (list, tuple)) and len(value):
        value = value[0]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "SU" or (value.dtype.kind == "O" and value.size > 0 and _holds_text(value.flat[0]))
    return isinstance(value, (str, bytes)) and not isinstance(value, DType)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = "Const") -> Any:
    """Return a tensor of values.

    Args:
        value: Number, nested lists, NumPy array, tensor or strings.
        dtype: Dtype; None for that of arrays and tensors, int32 and float32 of Python's numbers.
        shape: Shape; one value fills it, as many values as it has are reshaped.
        name: Kept for TensorFlow's signature.

    Raises:
        TypeError: the number of values is neither one nor that of the shape.
        ValueError: the values are none, or differ in length.

    Example:
        >>> constant([1, 2])
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
        >>> constant(0.0, shape=(2,))
        <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 0.], dtype=float32)>
    """
    if isinstance(value, StringTensor):
        return value
    if _holds_text(value):
        return _text(value, None if shape is None else _sizes(shape))
    if value is None:
        raise ValueError("None values are not supported. Use numbers, arrays or tensors.")
    wanted = _torch_dtype(dtype)
    found = as_tensor(_joined(value), wanted if hasattr(value, "dtype") else None)
    if wanted is not None and found.dtype is not wanted:
        if found.numel() and found.is_floating_point() and not (wanted.is_floating_point or wanted.is_complex):
            raise TypeError(
                f"Cannot convert {value!r:.100} to a tensor of dtype {as_dtype(dtype).name}. Use `tf.cast` of a tensor "
                "of floats."
            )
        found = as_tensor(_joined(value), wanted)
    if shape is not None:
        sizes = tuple(int(size) for size in unwrap(shape))
        if found.numel() == 1:
            found = found.reshape(()).expand(sizes).clone()
        elif found.numel() == torch.Size(sizes).numel():
            found = found.reshape(sizes)
        else:
            raise TypeError(
                f"Cannot make a tensor of shape {sizes} of {found.numel()} values. Give one value, or as many as the "
                "shape has."
            )
    return wrap(found.clone() if found is unwrap(value) or isinstance(value, np.ndarray) else found)


def _text(value: Any, sizes: tuple[int, ...] | None) -> StringTensor:
    found = StringTensor(value)
    if sizes is None:
        return found
    array = np.empty((), object)
    array[()] = found.numpy()
    values = found.numpy() if found.shape.rank else array
    return StringTensor(np.broadcast_to(values, sizes) if values.size == 1 else values.reshape(sizes))


def _joined(value: Any) -> Any:
    """Return nested lists, of tensors too, as torch takes them."""
    value = unwrap(value)
    return list(value) if isinstance(value, (TensorShape, torch.Size)) else value


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """Return a value as a tensor; a KerasTensor as it is.

    Args:
        value: Tensor, Variable, number, nested lists, NumPy array or strings.
        dtype: Dtype; a tensor must have it.
        dtype_hint: Dtype of what has none itself, where it can hold the values.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: a tensor has another dtype; or the value is None.
    """
    if isinstance(value, KerasTensor) or hasattr(value, "flat_values"):  # of a ragged tensor
        return value
    if isinstance(value, IndexedSlices):
        value = np.asarray(value)
    if isinstance(value, (torch.Tensor, Variable)):
        found = value.value if isinstance(value, Variable) else value
        if dtype is not None and as_dtype(found.dtype) != as_dtype(dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {as_dtype(dtype).name} for Tensor with dtype "
                f"{as_dtype(found.dtype).name}. Use `tf.cast(x, dtype)`."
            )
        return _read(found)
    if dtype is None and dtype_hint is not None and not hasattr(value, "dtype"):
        dtype = dtype_hint
    return constant(value, dtype)


@tensor_function
def _read(x: Any) -> Any:
    return x


def identity(input: Any, name: str | None = None) -> Any:
    """Return a tensor of the same values; of a variable those that it has now."""
    if isinstance(input, (torch.Tensor, Variable, KerasTensor)):
        return _copied(input)
    if hasattr(input, "flat_values"):  # of a ragged tensor
        return input
    return constant(input)


@tensor_function
def _copied(x: Any) -> Any:
    return as_tensor(x).clone()


@tensor_function
def stop_gradient(input: Any, name: str | None = None) -> Any:
    """Return the values as a constant: no gradient goes through.

    Example:
        >>> stop_gradient([1.0])
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.], dtype=float32)>
    """
    return as_tensor(input).detach()


@tensor_function
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """Return the values in another dtype; numbers with a fraction lose it where they become integers.

    Example:
        >>> cast([1.8, -1.8], "int32")
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([ 1, -1], dtype=int32)>
    """
    found, wanted = as_tensor(x), as_dtype(dtype).torch_dtype
    return (found.real if found.is_complex() and not wanted.is_complex else found).to(wanted)


def _sizes(shape: Any) -> tuple[int, ...]:
    shape = unwrap(shape)
    if isinstance(shape, (int, np.integer)) or (isinstance(shape, torch.Tensor) and shape.ndim == 0):
        shape = [shape]
    return tuple(int(size) for size in shape)


def zeros(shape: Any, dtype: Any = "float32", name: str | None = None, layout: Any = None) -> Any:
    """Return a tensor of zeros; of dtype ``"string"`` of empty strings.

    Example:
        >>> zeros((1, 2))
        <tf.Tensor: shape=(1, 2), dtype=float32, numpy=array([[0., 0.]], dtype=float32)>
    """
    if as_dtype(dtype) == "string":
        return _text("", _sizes(shape))
    return _filled(shape, 0, dtype)


def ones(shape: Any, dtype: Any = "float32", name: str | None = None, layout: Any = None) -> Any:
    """Return a tensor of ones."""
    return _filled(shape, 1, dtype)


@tensor_function
def _filled(shape: Any, value: Any, dtype: Any) -> Any:
    return torch.full(_sizes(shape), value, dtype=as_dtype(dtype).torch_dtype, device=current_device())


def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    """Return a tensor of one value, in its dtype.

    Example:
        >>> fill([2], 3)
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 3], dtype=int32)>
    """
    if _holds_text(value):
        return _text(value, _sizes(dims))
    return _expanded(value, dims)


@tensor_function
def _expanded(value: Any, dims: Any) -> Any:
    return as_tensor(value).expand(_sizes(dims)).clone()


@tensor_function
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Any:
    """Return the numbers from ``start`` up to ``limit``, which is not among them, in steps of ``delta``.

    Args:
        start: First number; the limit, from 0 on, if that is not given.
        limit: Where it ends.
        delta: Step.
        dtype: Dtype; None for the widest of the arguments': int32 of Python's integers.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: ``delta`` is zero.

    Example:
        >>> range(3)
        <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 2], dtype=int32)>
    """
    if limit is None:
        start, limit = 0, start
    if float(delta) == 0:
        raise ValueError("`delta` of tf.range must not be zero.")
    if dtype is None:
        kinds = [as_tensor(x).dtype for x in (start, limit, delta)]
        order = [torch.int32, torch.int64, torch.float32, torch.float64]
        wanted = max(kinds, key=lambda kind: order.index(kind) if kind in order else 0)
    else:
        wanted = as_dtype(dtype).torch_dtype
    as_number: Any = float if wanted.is_floating_point else int
    if (as_number(limit) - as_number(start)) * as_number(delta) <= 0:
        return torch.empty(0, dtype=wanted, device=current_device())
    return torch.arange(as_number(start), as_number(limit), as_number(delta), dtype=wanted, device=current_device())


def is_tensor(x: Any) -> bool:
    """Return whether ``x`` is a tensor, a variable or a KerasTensor.

    Example:
        >>> is_tensor(constant(1)), is_tensor([1])
        (True, False)
    """
    return isinstance(x, (torch.Tensor, Variable, KerasTensor, StringTensor)) or hasattr(x, "__tf_tensor__")


def is_symbolic_tensor(tensor: Any) -> bool:
    """Return whether a tensor has no values yet: a KerasTensor."""
    return isinstance(tensor, KerasTensor)


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """Return the values of a tensor as a NumPy array; None of a KerasTensor.

    Example:
        >>> get_static_value(constant(3))
        np.int32(3)
    """
    if isinstance(tensor, KerasTensor):
        return None
    if isinstance(tensor, torch.Tensor):
        values = wrap(identity_of(tensor)).numpy()
        return values
    return np.asarray(tensor)


def make_ndarray(tensor: Any) -> np.ndarray:
    """Return the values as a NumPy array."""
    return np.asarray(tensor)
