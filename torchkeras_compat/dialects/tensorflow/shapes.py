"""`tf.TensorShape` and `tf.TensorSpec`: shapes that may have unknown sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import torch

from torchkeras_compat.dialects.tensorflow.dtypes import DType, as_dtype


class TensorShape(tuple[int | None, ...]):
    """Sizes of the axes, None where one is not known: a tuple with TensorFlow's attributes.

    Args:
        dims: Sizes, a shape, or None for a shape of which nothing is known.

    Raises:
        TypeError: a size is neither an int nor None.
        ValueError: a size is negative.

    Example:
        >>> TensorShape([None, 3]).as_list(), TensorShape([2, 3]) == [2, 3], TensorShape([2]) + [4]
        ([None, 3], True, TensorShape([2, 4]))
    """

    _is_unknown = False

    def __new__(cls, dims: Any) -> Self:
        if type(dims) is torch.Size:
            return tuple.__new__(cls, dims)
        if dims is None or (isinstance(dims, TensorShape) and dims._is_unknown):
            self = tuple.__new__(cls, ())
            self._is_unknown = True
            return self
        if not hasattr(dims, "__iter__"):
            dims = (dims,)
        return tuple.__new__(cls, [_size(size, dims) for size in dims])

    @property
    def rank(self) -> int | None:
        """Number of axes; None if not known."""
        return None if self._is_unknown else tuple.__len__(self)

    ndims = rank

    @property
    def dims(self) -> list[int | None] | None:
        """The sizes, or None."""
        return None if self._is_unknown else list(self)

    def as_list(self) -> list[int | None]:
        """Return the sizes as a list.

        Raises:
            ValueError: nothing is known of the shape.
        """
        if self._is_unknown:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self)

    def is_fully_defined(self) -> bool:
        """Return whether every size is known."""
        return not self._is_unknown and None not in tuple(self)

    def num_elements(self) -> int | None:
        """Return the product of the sizes; None if one is not known."""
        if not self.is_fully_defined():
            return None
        product = 1
        for size in self:
            product *= size or 0
        return product

    def with_rank(self, rank: int) -> TensorShape:
        """Return the shape, of which nothing else was known, with a number of axes.

        Raises:
            ValueError: it has another number of axes.
        """
        if self._is_unknown:
            return TensorShape([None] * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """Return the shape.

        Raises:
            ValueError: it has fewer axes.
        """
        if self.rank is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}.")
        return self

    def assert_has_rank(self, rank: int) -> None:
        """Do nothing, for a shape with this number of axes.

        Raises:
            ValueError: it has another.
        """
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}.")

    def assert_is_fully_defined(self) -> None:
        """Do nothing, for a shape of which everything is known.

        Raises:
            ValueError: a size is not known.
        """
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined.")

    def is_compatible_with(self, other: Any) -> bool:
        """Return whether some shape is both this one and the other."""
        other = TensorShape(other)
        if self._is_unknown or other._is_unknown:
            return True
        same = tuple.__len__(self) == tuple.__len__(other)
        return same and all(a is None or b is None or a == b for a, b in zip(self, other, strict=True))

    def assert_is_compatible_with(self, other: Any) -> None:
        """Do nothing, for a compatible shape.

        Raises:
            ValueError: no shape is both.
        """
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {TensorShape(other)} are incompatible.")

    def merge_with(self, other: Any) -> TensorShape:
        """Return the shape with what the other one knows.

        Raises:
            ValueError: no shape is both.
        """
        other = TensorShape(other)
        self.assert_is_compatible_with(other)
        if self._is_unknown or other._is_unknown:
            return other if self._is_unknown else self
        return TensorShape([b if a is None else a for a, b in zip(self, other, strict=True)])

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """Return the shape that both are cases of."""
        other = TensorShape(other)
        if self._is_unknown or other._is_unknown or len(self) != len(other):
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(self, other, strict=True)])

    def concatenate(self, other: Any) -> TensorShape:
        """Return the axes of this shape, then those of the other."""
        other = TensorShape(other)
        if self._is_unknown or other._is_unknown:
            return TensorShape(None)
        return TensorShape((*self, *other))

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return TensorShape(found) if isinstance(key, slice) else found

    def __len__(self) -> int:
        if self._is_unknown:
            raise ValueError("Cannot take the length of a shape with unknown rank.")
        return tuple.__len__(self)

    def __bool__(self) -> bool:
        return not self._is_unknown

    def __eq__(self, other: object) -> bool:
        try:
            other = TensorShape(other)
        except (TypeError, ValueError):
            return NotImplemented
        return self._is_unknown == other._is_unknown and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return tuple.__hash__(self)

    def __repr__(self) -> str:
        return f"TensorShape({None if self._is_unknown else list(self)})"

    def __str__(self) -> str:
        return "<unknown>" if self._is_unknown else tuple.__repr__(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> Any:
        return TensorShape, (self.dims,)


def _size(size: Any, dims: Any) -> int | None:
    if size is None:
        return None
    value = getattr(size, "value", size)  # of a dimension of TensorFlow 1
    try:
        number: int = value.__index__()
    except AttributeError:
        raise TypeError(
            f"A shape is made of ints and None. Received: {size!r} in {dims!r}. Use None for a size that is not known."
        ) from None
    if number < 0:
        raise ValueError(f"Dimension {number} must be >= 0. Use None for a size that is not known.")
    return number


class TensorSpec:
    """What is known of a tensor: its shape, its dtype and its name.

    Args:
        shape: Sizes, None where not known; None for any shape.
        dtype: Dtype.
        name: Name.

    Example:
        >>> TensorSpec([None, 3], "float32").is_compatible_with(torch.ones(2, 3))
        True
    """

    def __init__(self, shape: Any, dtype: Any = "float32", name: str | None = None) -> None:
        self.shape = TensorShape(shape)
        self.dtype: DType = as_dtype(dtype)
        self.name = name

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """Return what a tensor says of itself."""
        return cls(tuple(tensor.shape), tensor.dtype, name)

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> TensorSpec:
        """Return the same of another specification, with another name."""
        return cls(spec.shape, spec.dtype, name or getattr(spec, "name", None))

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Return whether a tensor, or every tensor of another specification, fits."""
        return self.dtype == spec_or_tensor.dtype and self.shape.is_compatible_with(tuple(spec_or_tensor.shape))

    def most_specific_compatible_type(self, other: Any) -> TensorSpec:
        """Return the specification that both are cases of.

        Raises:
            ValueError: the dtypes differ.
        """
        if self.dtype != other.dtype:
            raise ValueError(f"No TensorSpec is both {self} and {other}: the dtypes differ.")
        return TensorSpec(self.shape.most_specific_compatible_shape(other.shape), self.dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorSpec):
            return NotImplemented
        return (self.shape, self.dtype, self.name) == (other.shape, other.dtype, other.name)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r})"

    def __reduce__(self) -> Any:
        return TensorSpec, (self.shape, self.dtype, self.name)


Shape = Sequence[int | None] | TensorShape
