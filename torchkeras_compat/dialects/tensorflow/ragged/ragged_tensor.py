"""`tf.RaggedTensor`: values in one tensor, and where its rows begin and end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.boundary import call_layers_with
from torchkeras_compat.dialects.tensorflow.calls import HANDLERS
from torchkeras_compat.dialects.tensorflow.dtypes import DType
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.math import arithmetic, comparison
from torchkeras_compat.dialects.tensorflow.operands import integer, integer_dtype, tensor
from torchkeras_compat.dialects.tensorflow.ragged import rows as row_functions
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, is_text
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


class RaggedTensor:
    """A tensor with an axis along which rows have different lengths.

    Made by :meth:`from_row_lengths` and its relatives, and by ``tf.ragged.constant``.

    Args:
        values: The elements of all rows, one after the other: a tensor, strings, or a ragged tensor.
        row_splits: ``(rows + 1,)``: where each row begins, and at the end how many values there are.

    Raises:
        InvalidArgumentError: the splits do not begin with 0, decrease, or do not end with the number of values.

    Example:
        >>> x = RaggedTensor.from_row_lengths([1, 2, 3], [2, 0, 1])
        >>> x.to_list(), x.shape, x.to_tensor(-1).numpy().tolist()
        ([[1, 2], [], [3]], TensorShape([3, None]), [[1, 2], [-1, -1], [3, -1]])
    """

    __array_priority__ = 1000

    def __init__(self, values: Any, row_splits: Any) -> None:
        self._values = as_values(values)
        self._splits = integers(row_splits)
        count = _rows_of(self._values)
        splits = self._splits
        if splits.ndim != 1 or not len(splits) or splits[0] != 0 or splits[-1] != count or (splits.diff() < 0).any():
            raise InvalidArgumentError(
                f"`row_splits` must begin with 0, not decrease, and end with the number of values, {count}. Received"
                f" {len(splits) if splits.ndim else 0} of them."
            )

    # -- made of ----------------------------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return rows of values that begin at ``row_splits``, which ends with the number of values."""
        return cls(values, row_splits)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return rows of these lengths."""
        lengths = integers(row_lengths)
        return cls(values, torch.cat([lengths.new_zeros(1), lengths.cumsum(0)]))

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None, validate: bool = True
    ) -> Any:
        """Return rows of the values that name them; the numbers of rows do not decrease."""
        ids = integers(value_rowids)
        if len(ids) and bool((ids.diff() < 0).any()):
            raise InvalidArgumentError("`value_rowids` must not decrease.")
        count = (int(ids[-1]) + 1 if len(ids) else 0) if nrows is None else integer(nrows, "nrows")
        return cls.from_row_lengths(values, torch.bincount(ids.to(torch.int64), minlength=count).to(ids.dtype))

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return rows of values that begin at these places."""
        starts = integers(row_starts)
        return cls(values, torch.cat([starts, starts.new_tensor([_rows_of(as_values(values))])]))

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return rows of values that end at these places."""
        limits = integers(row_limits)
        return cls(values, torch.cat([limits.new_zeros(1), limits]))

    @classmethod
    def from_uniform_row_length(
        cls, values: Any, uniform_row_length: Any, nrows: Any = None, validate: bool = True, name: str | None = None
    ) -> Any:
        """Return rows of one length."""
        length = integer(uniform_row_length, "uniform_row_length")
        count = _rows_of(as_values(values)) // length if nrows is None else integer(nrows, "nrows")
        return cls(values, torch.arange(count + 1) * length)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Sequence[Any], name: str | None = None, validate: bool = True
    ) -> Any:
        """Return nested rows, the splits of the outermost given first."""
        found = flat_values
        for splits in reversed(nested_row_splits):
            found = cls(found, splits)
        return found

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Sequence[Any], name: str | None = None, validate: bool = True
    ) -> Any:
        """Return nested rows, the lengths of the outermost given first."""
        found = flat_values
        for lengths in reversed(nested_row_lengths):
            found = cls.from_row_lengths(found, lengths)
        return found

    @classmethod
    def from_tensor(
        cls,
        tensor: Any,
        lengths: Any = None,
        padding: Any = None,
        ragged_rank: int = 1,
        name: str | None = None,
        row_splits_dtype: Any = "int64",
    ) -> Any:
        """Return the rows of a tensor, whole, cut to lengths, or without the padding at their ends.

        Raises:
            ValueError: both ``lengths`` and ``padding`` are given, or ``ragged_rank`` is not 1 for them.
        """
        if lengths is not None and padding is not None:
            raise ValueError("Specify lengths or padding, but not both.")
        return row_functions.from_tensor(cls, as_values(tensor), lengths, padding, ragged_rank)

    @classmethod
    def from_sparse(cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = "int64") -> Any:
        """Return the rows of a sparse matrix whose entries stand at the beginning of each row."""
        indices = integers(st_input.indices)
        return cls.from_value_rowids(st_input.values, indices[:, 0], integers(st_input.dense_shape)[0])

    # -- what it is -------------------------------------------------------------------------------------------------

    @property
    def values(self) -> Any:
        """The elements of all rows, one after the other."""
        return wrap(self._values)

    @property
    def flat_values(self) -> Any:
        """The innermost values, which are not ragged."""
        return self._values.flat_values if isinstance(self._values, RaggedTensor) else wrap(self._values)

    @property
    def row_splits(self) -> Any:
        """Where each row begins, and at the end the number of values."""
        return wrap(self._splits)

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The splits of each ragged axis, the outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self.row_splits, *inner)

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        found: DType = self.flat_values.dtype
        return found

    @property
    def ragged_rank(self) -> int:
        """The number of ragged axes."""
        return 1 + (self._values.ragged_rank if isinstance(self._values, RaggedTensor) else 0)

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes, None for those that are ragged."""
        inner: tuple[Any, ...] = tuple(self._values.shape)[1:]
        return TensorShape((len(self._splits) - 1, None, *inner))

    @property
    def uniform_row_length(self) -> None:
        """None: rows may differ in length."""
        return None

    def get_shape(self) -> TensorShape:
        """Return the sizes of the axes."""
        return self.shape

    def nrows(self, out_type: Any = None, name: str | None = None) -> Any:
        """Return the number of rows, as a tensor."""
        return wrap(torch.tensor(len(self._splits) - 1, dtype=_dtype(out_type), device="cpu"))

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """Return the length of each row, ragged for axes after the first.

        Raises:
            ValueError: ``axis`` is not a ragged one.
        """
        if axis == 1:
            return wrap(self._splits.diff())
        if axis < 1 or not isinstance(self._values, RaggedTensor):
            raise ValueError(f"Rows have lengths along axes 1 to {self.ragged_rank}. Received: axis={axis}")
        return self.with_values(self._values.row_lengths(axis - 1))

    def nested_row_lengths(self, name: str | None = None) -> tuple[Any, ...]:
        """Return the lengths of the rows of each ragged axis."""
        inner = self._values.nested_row_lengths() if isinstance(self._values, RaggedTensor) else ()
        return (self.row_lengths(), *inner)

    def row_starts(self, name: str | None = None) -> Any:
        """Return where each row begins."""
        return wrap(self._splits[:-1])

    def row_limits(self, name: str | None = None) -> Any:
        """Return where each row ends."""
        return wrap(self._splits[1:])

    def value_rowids(self, name: str | None = None) -> Any:
        """Return the row of each value."""
        return wrap(self._ids())

    def _ids(self) -> torch.Tensor:
        lengths = self._splits.diff()
        return torch.arange(len(lengths), device=lengths.device).repeat_interleave(lengths).to(self._splits.dtype)

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Any:
        """Return the shape of the smallest tensor that holds all rows, or its size along an axis."""
        found = torch.tensor(row_functions.bounding_sizes(self), dtype=_dtype(out_type), device="cpu")
        return wrap(found if axis is None else found[torch.as_tensor(unwrap(axis), device="cpu")])

    # -- changed ----------------------------------------------------------------------------------------------------

    def with_values(self, new_values: Any) -> RaggedTensor:
        """Return the same rows of other values."""
        return RaggedTensor(new_values, self._splits)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """Return the same rows, nested as here, of other innermost values."""
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """Return the same with splits of int32 or int64."""
        found = RaggedTensor(self._values, self._splits.to(integer_dtype(dtype, "dtype")))
        return found

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """Return the axes from ``outer_axis`` to ``inner_axis`` as one."""
        return row_functions.merge_dims(self, outer_axis, inner_axis)

    def to_tensor(self, default_value: Any = None, name: str | None = None, shape: Any = None) -> Any:
        """Return a tensor of all rows, filled up with ``default_value``: 0, or the empty string.

        Args:
            default_value: What to fill with.
            name: Not used.
            shape: Sizes that the tensor shall have, None where they follow from the rows: it is cut or filled.

        Raises:
            TypeError: ``default_value`` has another dtype.
        """
        return row_functions.to_tensor(self, default_value, shape)

    def to_sparse(self, name: str | None = None) -> Any:
        """Return a sparse tensor with an entry for each value."""
        return SparseTensor(*row_functions.entries(self))

    def to_list(self) -> list[Any]:
        """Return nested lists."""
        values = self._values
        parts = values.to_list() if isinstance(values, RaggedTensor) else _listed(values)
        splits = self._splits.tolist()
        return [parts[start:end] for start, end in itertools.pairwise(splits)]

    def numpy(self) -> np.ndarray:
        """Return an array of arrays, or one array if all rows have one length."""
        rows = [row.numpy() for row in self]
        if len({row.shape for row in rows}) <= 1 and rows and rows[0].dtype != object:
            return np.stack(rows)
        found = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            found[i] = row
        return found

    def consumers(self) -> list[Any]:
        """Return nothing: tensors do not know who uses them."""
        return []

    def __len__(self) -> int:
        return len(self._splits) - 1

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    def __getitem__(self, key: Any) -> Any:
        return row_functions.selected(self, key)

    def __repr__(self) -> str:
        return f"<tf.RaggedTensor {self.to_list()!r}>"

    def __hash__(self) -> int:
        return id(self)


def as_values(values: Any) -> Any:
    """Return values as a plain tensor, strings or a ragged tensor."""
    if isinstance(values, (RaggedTensor, StringTensor)):
        return values
    if is_text(values):
        return StringTensor(values)
    return tensor(unwrap(values))


def integers(x: Any) -> torch.Tensor:
    """Return row splits or lengths as a plain tensor of int64, or of int32 where they are."""
    found = tensor(unwrap(x)) if not (isinstance(x, (list, tuple)) and not x) else torch.zeros(0, dtype=torch.int64)
    if found.is_floating_point():
        raise InvalidArgumentError(f"Rows are given by integers. Received dtype {found.dtype}.")
    return found if isinstance(x, torch.Tensor) and found.dtype is torch.int32 else found.to(torch.int64)


def _dtype(out_type: Any) -> torch.dtype:
    return torch.int64 if out_type is None else integer_dtype(out_type, "out_type")


def _rows_of(values: Any) -> int:
    if not isinstance(values, RaggedTensor) and not values.ndim:
        raise InvalidArgumentError("Values of a ragged tensor need at least one axis.")
    return len(values)


def _listed(values: Any) -> list[Any]:
    found: list[Any] = values.numpy().tolist() if isinstance(values, StringTensor) else values.tolist()
    return found


def _operator(name: str, swapped: bool = False) -> Any:
    def operate(self: RaggedTensor, other: Any) -> Any:
        function = getattr(arithmetic, name, None) or getattr(comparison, name)
        return function(other, self) if swapped else function(self, other)

    return operate


for _special, _name in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "truediv",
    "floordiv": "floordiv",
    "mod": "floormod",
    "pow": "pow",
}.items():
    setattr(RaggedTensor, f"__{_special}__", _operator(_name))
    setattr(RaggedTensor, f"__r{_special}__", _operator(_name, swapped=True))
for _special, _name in {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "and": "logical_and",
    "or": "logical_or",
}.items():
    setattr(RaggedTensor, f"__{_special}__", _operator(_name))


def call_on_rows(call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a function of ``tf.*`` gives for ragged tensors.

    Raises:
        TypeError: it does not take them.
    """
    if call.ragged == "values":
        return _on_values(call, args, kwargs)
    known = row_functions.FUNCTIONS.get(call.__name__)
    if known is None:
        raise TypeError(
            f"`tf.{call.__name__}` does not take ragged tensors here. Use `x.to_tensor()`, or"
            " `tf.ragged.map_flat_values(function, x)` to compute on the values."
        )
    return known(*args, **kwargs)


def _on_values(call: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    ragged = [x for x in (*args, *kwargs.values()) if isinstance(x, RaggedTensor)]
    first = ragged[0]
    for other in ragged[1:]:
        same = len(other.nested_row_splits) == len(first.nested_row_splits) and all(
            torch.equal(unwrap(a), unwrap(b)) for a, b in zip(first.nested_row_splits, other.nested_row_splits)
        )
        if not same:
            raise InvalidArgumentError(f"`tf.{call.__name__}` takes ragged tensors with equal rows.")

    def flat(x: Any) -> Any:
        if isinstance(x, RaggedTensor):
            return x.flat_values
        if isinstance(x, (list, tuple)):
            x = as_values(x)
        shape: tuple[Any, ...] = tuple(getattr(x, "shape", ()))
        if len(shape) == 2 and shape[0] == len(first) and shape[1] == 1 and first.ragged_rank == 1:
            return wrap(unwrap(x)[first._ids().to(torch.int64), 0])  # a column: one number for each row
        return x

    return first.with_flat_values(call(*map(flat, args), **{name: flat(x) for name, x in kwargs.items()}))


HANDLERS[RaggedTensor] = call_on_rows
# Layers that compute each value, or the last axis of each, by itself.
_BY_VALUES = frozenset(
    "Activation Dense Discretization Dropout ELU Embedding Hashing Identity IntegerLookup Lambda LayerNormalization"
    " LeakyReLU Normalization ReLU Rescaling StringLookup".split()
)


def _call_layer(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a layer on the values of all rows.

    Raises:
        TypeError: the layer looks at whole rows.
    """
    if not any(base.__name__ in _BY_VALUES for base in type(layer).__mro__):
        raise TypeError(
            f"{type(layer).__name__} '{layer.name}' does not take ragged tensors here. Pad the rows: `x.to_tensor()`."
        )
    ragged = args[0]
    return ragged.with_flat_values(layer(ragged.flat_values, *args[1:], **kwargs))


call_layers_with(RaggedTensor, _call_layer)
