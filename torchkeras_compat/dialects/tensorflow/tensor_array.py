"""`tf.TensorArray`: a list of tensors that a loop fills."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError, OutOfRangeError
from torchkeras_compat.dialects.tensorflow.functions import tensor_function
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.shells import unwrap, wrap
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor


class TensorArray:
    """Tensors by their positions, written one at a time.

    Args:
        dtype: Dtype of the tensors.
        size: Number of positions.
        dynamic_size: Whether writing behind the last position adds some.
        clear_after_read: Whether a tensor can be read only once; None for True.
        tensor_array_name: Kept for TensorFlow's signature, as ``handle``, ``flow``, ``infer_shape``,
            ``colocate_with_first_write_call`` and ``name``.
        element_shape: Shape of each tensor, where it is known.

    Example:
        >>> squares = TensorArray("int32", size=0, dynamic_size=True)
        >>> for i in range(3):
        ...     squares = squares.write(i, i * i)
        >>> squares.stack()
        <tf.Tensor: shape=(3,), dtype=int32, numpy=array([0, 1, 4], dtype=int32)>
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        self._dtype = as_dtype(dtype)
        self._parts: list[Any] = [None] * (0 if size is None else int(size))
        self._read: set[int] = set()
        self._is_dynamic = bool(dynamic_size)
        self._clears = clear_after_read is None or bool(clear_after_read)
        self._shape = TensorShape(element_shape)

    dtype = property(lambda self: self._dtype, doc="The `DType`.")
    dynamic_size = property(lambda self: self._is_dynamic, doc="Whether it grows.")
    flow = property(lambda self: constant(0.0), doc="A scalar, which means nothing here.")

    @property
    def element_shape(self) -> TensorShape:
        """Shape of each tensor, as far as it is known."""
        shape: TensorShape = self._shape
        return shape

    def size(self, name: str | None = None) -> Any:
        """Return the number of positions."""
        return constant(len(self._parts))

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Put a tensor at a position, and return the array.

        Raises:
            OutOfRangeError: the position lies outside.
            ValueError: the shape differs from that of the other tensors.
        """
        place = int(index)
        if place < 0 or (place >= len(self._parts) and not self._is_dynamic):
            raise OutOfRangeError(
                f"Tried to write to index {place} but array is not resizeable and size is: {len(self._parts)}. Use "
                "`dynamic_size=True`."
            )
        self._parts += [None] * (place + 1 - len(self._parts))
        found = self._converted(value)
        self._shape = self._shape.merge_with(found.get_shape())
        self._parts[place] = found
        return self

    def _converted(self, value: Any) -> Any:
        if self._dtype == "string":
            return constant(value)
        return wrap(as_tensor(unwrap(value), self._dtype.torch_dtype))

    def read(self, index: Any, name: str | None = None) -> Any:
        """Return the tensor at a position.

        Raises:
            InvalidArgumentError: it was read before, and ``clear_after_read`` is not False.
            OutOfRangeError: the position lies outside, or nothing was written there.
        """
        place = int(index)
        if not 0 <= place < len(self._parts):
            raise OutOfRangeError(f"Tried to read from index {place} but array size is: {len(self._parts)}.")
        if place in self._read and self._clears:
            raise InvalidArgumentError(
                f"Could not read index {place} twice because it was cleared after a previous read. Use "
                "`clear_after_read=False`."
            )
        found = self._filled(place)
        self._read.add(place)
        return found

    def _filled(self, place: int) -> Any:
        found = self._parts[place]
        if found is None:
            if not self._shape.is_fully_defined():
                raise OutOfRangeError(f"Nothing was written to index {place} of the TensorArray.")
            found = wrap(torch.zeros(tuple(self._shape), dtype=self._dtype.torch_dtype))  # type: ignore[arg-type]
        return found

    def _all(self) -> list[Any]:
        return [self._filled(place) for place in range(len(self._parts))]

    def stack(self, name: str | None = None) -> Any:
        """Return all tensors, stacked."""
        if not self._parts:
            sizes = [0 if s is None else s for s in (self._shape if self._shape.rank else ())]
            return wrap(torch.zeros(0, *sizes, dtype=self._dtype.torch_dtype))
        return _stack(self._all())

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """Return the tensors at positions, stacked."""
        return _stack([self._filled(int(i)) for i in unwrap(indices)])

    def concat(self, name: str | None = None) -> Any:
        """Return all tensors, joined along their first axes."""
        return _join(self._all())

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Fill the array with the elements of a tensor along its first axis, and return it."""
        parts = list(self._converted(value))
        self._parts = parts
        self._shape = self._shape.merge_with(parts[0].get_shape()) if parts else self._shape
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Write the elements of a tensor to positions, and return the array."""
        for place, part in zip(unwrap(indices), self._converted(value), strict=True):
            self.write(place, part)
        return self

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Fill the array with parts of a tensor, of the given lengths, and return it."""
        sizes = [int(length) for length in unwrap(lengths)]
        self._parts = list(wrap(unwrap(self._converted(value)).split(sizes)))
        return self

    def identity(self) -> TensorArray:
        """Return the array."""
        return self

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> Any:
        """Refuse: gradients go through by themselves.

        Raises:
            ValueError: always.
        """
        raise ValueError("TensorArray.grad belongs to TensorFlow's graphs. Use a `tf.GradientTape`.")

    def close(self, name: str | None = None) -> None:
        """Forget the tensors."""
        self._parts = [None] * len(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


@tensor_function
def _stack(parts: Any) -> Any:
    return torch.stack(parts)


@tensor_function
def _join(parts: Any) -> Any:
    return torch.cat(parts)
