"""Tensors of strings: arrays of bytes with the attributes of `tf.Tensor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.boundary import BOUNDARY, call_layers_with
from torchkeras_compat.dialects.tensorflow.dtypes import DTYPES, DType
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.tensor import wrap


class StringTensor:
    """A tensor of strings, ``tf.constant("a")``: bytes in an array of objects; never changed.

    Args:
        values: A string, bytes, nested lists of them, or an array; ``str`` becomes UTF-8.

    Raises:
        TypeError: something else is among them.
        ValueError: nested lists have different lengths.

    Example:
        >>> x = StringTensor(["a", "bc"])
        >>> x.numpy().tolist(), x.shape, x.dtype, (x == "a").numpy().tolist()
        ([b'a', b'bc'], TensorShape([2]), tf.string, [True, False])
        >>> StringTensor("a").numpy()
        b'a'
    """

    __array_priority__ = 1000
    device = "/job:localhost/replica:0/task:0/device:CPU:0"

    def __init__(self, values: Any) -> None:
        self._array = as_bytes(values)

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes."""
        return TensorShape(self._array.shape)

    @property
    def dtype(self) -> DType:
        """``tf.string``."""
        return DTYPES["string"]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._array.ndim

    def get_shape(self) -> TensorShape:
        """Return the sizes of the axes."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Check that the tensor has this shape.

        Raises:
            ValueError: it has another.
        """
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {shape}.")

    def numpy(self) -> Any:
        """Return the bytes, as an array of objects; of one string the bytes themselves."""
        return self._array.copy() if self._array.ndim else self._array[()]

    def ref(self) -> Any:
        """Return what stands for the tensor in sets and dicts."""
        return _Reference(self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self._array if dtype is None else self._array.astype(dtype)

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("Scalar tensor has no `len()`")
        return len(self._array)

    def __iter__(self) -> Iterator[StringTensor]:
        if not self._array.ndim:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return iter([StringTensor(part) for part in self._array])

    def __getitem__(self, key: Any) -> StringTensor:
        if isinstance(key, tuple):
            return StringTensor(self._array[tuple(_plain_key(part) for part in key)])
        return StringTensor(self._array[_plain_key(key)])

    def __eq__(self, other: object) -> Any:
        return self._compared(other, np.equal)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, np.not_equal)

    def _compared(self, other: Any, function: Callable[..., Any]) -> Any:
        try:
            second = as_bytes(other)
        except TypeError:
            return NotImplemented
        try:
            found = function(self._array, second)
        except ValueError:  # of shapes that do not broadcast
            return wrap(torch.tensor(function is np.not_equal))
        return wrap(torch.tensor(np.asarray(found).astype(bool)))

    def __add__(self, other: Any) -> StringTensor:
        return StringTensor(self._array + as_bytes(other))

    def __radd__(self, other: Any) -> StringTensor:
        return StringTensor(as_bytes(other) + self._array)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise ValueError("The truth value of a tensor of strings is ambiguous. Use `tf.strings.length(x) > 0`.")
        return bool(self._array.reshape(-1)[0])

    def __repr__(self) -> str:
        text = repr(self._array) if self._array.ndim else repr(self._array[()])
        separator = "\n" if "\n" in text else ""
        return f"<tf.Tensor: shape={tuple(self._array.shape)}, dtype=string, numpy={separator}{text}>"

    def __str__(self) -> str:
        text = str(self._array) if self._array.ndim else str(self._array[()])
        separator = "\n" if "\n" in text else ""
        return f"tf.Tensor({separator}{text}, shape={tuple(self._array.shape)}, dtype=string)"

    def __format__(self, format_spec: str) -> str:
        return format(self._array[()] if not self._array.ndim else self._array, format_spec)


def _call_layer(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a layer that takes strings."""
    return BOUNDARY.call(layer, (args[0].numpy(), *args[1:]), kwargs)


call_layers_with(StringTensor, _call_layer)


class _Reference:
    def __init__(self, tensor: StringTensor) -> None:
        self._tensor = tensor

    def deref(self) -> StringTensor:
        """Return the tensor."""
        return self._tensor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reference) and self._tensor is other._tensor

    def __hash__(self) -> int:
        return id(self._tensor)


def _plain_key(key: Any) -> Any:
    if isinstance(key, slice):
        return slice(*(None if b is None else int(b) for b in (key.start, key.stop, key.step)))
    return key.numpy() if isinstance(key, torch.Tensor) else key


def as_bytes(values: Any) -> np.ndarray:
    """Return strings as an array of ``bytes``.

    Raises:
        TypeError: something else is among them.
        ValueError: nested lists have different lengths.

    Example:
        >>> as_bytes(["a", b"b"]).tolist()
        [b'a', b'b']
    """
    if isinstance(values, StringTensor):
        return values._array
    if isinstance(values, bytes):  # NumPy would cut zeros at the end off
        found = np.empty((), object)
        found[()] = values
        return found
    if isinstance(values, (list, tuple)):
        values = _unpacked(values)
    array = np.asarray(values, dtype=object) if not isinstance(values, np.ndarray) else values
    flat = np.empty(array.size, object)
    for i, text in enumerate(array.reshape(-1).tolist()):
        flat[i] = _one(text)
    return flat.reshape(array.shape)


def _unpacked(values: Any) -> Any:
    """Lists of string tensors as lists of bytes."""
    if isinstance(values, StringTensor):
        return values._array.tolist()
    return [_unpacked(part) for part in values] if isinstance(values, (list, tuple)) else values


def _one(text: Any) -> bytes:
    if isinstance(text, StringTensor):
        text = text.numpy()
    if isinstance(text, bytes):
        return bytes(text)
    if isinstance(text, str):
        return text.encode("utf-8", "surrogateescape")
    if isinstance(text, (list, tuple)):
        raise ValueError("Nested lists of strings must have equal lengths. Use `tf.ragged.constant` for others.")
    raise TypeError(f"A tensor of strings takes str and bytes. Received: {text!r:.60} of type {type(text).__name__}")


def is_text(x: Any) -> bool:
    """Return whether ``x`` is a string, an array of strings, or nested lists that begin with one.

    Example:
        >>> is_text([["a"]]), is_text([1])
        (True, False)
    """
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "SU" or (x.dtype.kind == "O" and x.size > 0 and is_text(x.reshape(-1)[0]))
    return isinstance(x, (StringTensor, str, bytes))


def mapped(function: Callable[[bytes], bytes], values: Any) -> StringTensor:
    """Return the strings that ``function`` makes of each."""
    array = as_bytes(values)
    found = np.empty(array.size, object)
    for i, text in enumerate(array.reshape(-1)):
        found[i] = function(text)
    return StringTensor(found.reshape(array.shape))


def counted(function: Callable[[bytes], Any], values: Any, dtype: torch.dtype) -> Any:
    """Return the numbers that ``function`` makes of each string, as a `tf.Tensor`."""
    array = as_bytes(values)
    numbers = [function(text) for text in array.reshape(-1)]
    return wrap(torch.tensor(numbers, dtype=dtype).reshape(array.shape))


def string_tensor(value: Any, shape: Any = None) -> StringTensor:
    """Return strings as a tensor, as `tf.constant` does.

    Args:
        value: A string or nested lists of them.
        shape: Shape; one string fills it, as many as it has are reshaped.

    Raises:
        TypeError: the number of strings is neither one nor that of the shape.

    Example:
        >>> string_tensor("a", (2,)).numpy().tolist()
        [b'a', b'a']
    """
    found = as_bytes(value)
    if shape is None:
        return StringTensor(found)
    sizes = tuple(int(size) for size in shape)
    if found.size == 1:
        return StringTensor(np.broadcast_to(found.reshape(()), sizes).copy())
    if found.size != int(np.prod(sizes)):
        raise TypeError(f"Cannot make a tensor of shape {sizes} of {found.size} strings. Give one, or as many.")
    return StringTensor(found.reshape(sizes))
