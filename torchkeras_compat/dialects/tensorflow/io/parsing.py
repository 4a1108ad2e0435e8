"""``tf.io.parse_example`` and its like: serialized Examples as tensors."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_strings, presented
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io.examples import Example, Feature, SequenceExample
from torchkeras_compat.dialects.tensorflow.io.tensors import bytes_of
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras_compat.public_names import named

FixedLenFeature = namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None])
FixedLenFeature.__doc__ = "A feature with as many values as a shape has."
FixedLenSequenceFeature = namedtuple(
    "FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"], defaults=[False, None]
)
FixedLenSequenceFeature.__doc__ = "A feature whose values make any number of rows of a shape."
VarLenFeature = namedtuple("VarLenFeature", ["dtype"])
VarLenFeature.__doc__ = "A feature with any number of values, which becomes a sparse tensor."
SparseFeature = namedtuple(
    "SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"], defaults=[False]
)
SparseFeature.__doc__ = "Two features, places and values, which become a sparse tensor."


class RaggedFeature(namedtuple("_RaggedFeature", ["dtype", "value_key", "partitions", "row_splits_dtype", "validate"])):
    """A feature with any number of values, which becomes a ragged tensor.

    Args:
        dtype: float32, int64 or string.
        value_key: Name of the feature; None for the key under which this stands.
        partitions: Must be empty: rows inside an example are not read.
        row_splits_dtype: Dtype of the places at which rows begin.
        validate: Nothing to decide.

    Raises:
        ValueError: ``partitions`` are given.
    """

    def __new__(
        cls,
        dtype: Any,
        value_key: str | None = None,
        partitions: Any = (),
        row_splits_dtype: Any = "int32",
        validate: bool = False,
    ) -> RaggedFeature:
        if partitions:
            raise ValueError("`partitions` of RaggedFeature must be empty: read the features they name by themselves.")
        return super().__new__(cls, dtype, value_key, (), row_splits_dtype, validate)


_LISTS = {"float32": "float_list", "int64": "int64_list", "string": "bytes_list"}


def parse_single_example(
    serialized: Any, features: Any, example_names: Any = None, name: str | None = None
) -> dict[str, Any]:
    """Return the features of a serialized Example as tensors.

    Args:
        serialized: A scalar string, as a record of a TFRecord file.
        features: What to read by name: ``FixedLenFeature``, ``VarLenFeature``, ``RaggedFeature``, ...
        example_names: Stands in messages.
        name: Nothing is named.

    Raises:
        ValueError: no features, or of an unknown kind.
        InvalidArgumentError: a feature is missing, of another dtype, or has another number of values.
        DataLossError: the string is not an Example.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow.io.examples import Features, Int64List
        >>> example = Example(Features(feature={"age": Feature(int64_list=Int64List(value=[3]))}))
        >>> parsed = parse_single_example(example.SerializeToString(), {"age": FixedLenFeature([], "int64")})
        >>> parsed["age"].numpy()
        np.int64(3)

    Source: TensorFlow API, io/parse_single_example.
    """
    _check(features)
    found = _example(bytes_of(serialized), Example).features.feature
    return {key: _single(key, kind, found) for key, kind in features.items()}


def parse_example(serialized: Any, features: Any, example_names: Any = None, name: str | None = None) -> dict[str, Any]:
    """Return the features of serialized Examples as batches.

    Args:
        serialized: A vector of strings; a scalar is read as by :func:`parse_single_example`.
        features: As :func:`parse_single_example` takes them, and so are the others.

    Raises:
        As :func:`parse_single_example`.

    Source: TensorFlow API, io/parse_example.
    """
    strings = absorbed_leaf(serialized)
    if not strings.ndim:
        return parse_single_example(serialized, features, example_names)
    if strings.ndim != 1:
        raise ValueError(f"`serialized` must be a scalar or a vector of strings. Received shape {strings.shape}.")
    _check(features)
    examples = [_example(text, Example).features.feature for text in strings.tolist()]
    return {key: _batch(key, kind, examples) for key, kind in features.items()}


def parse_single_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the features of a serialized SequenceExample: those of the whole, and those of its steps.

    Args:
        serialized: A scalar string.
        context_features: Features of the whole, as :func:`parse_single_example` takes them.
        sequence_features: Features of the steps: ``FixedLenSequenceFeature``, ``VarLenFeature`` or ``RaggedFeature``.
        example_name: Stands in messages.
        name: Nothing is named.

    Raises:
        As :func:`parse_single_example`.

    Source: TensorFlow API, io/parse_single_sequence_example.
    """
    found = _example(bytes_of(serialized), SequenceExample)
    context = {key: _single(key, kind, found.context.feature) for key, kind in (context_features or {}).items()}
    lists = found.feature_lists.feature_list
    steps = {}
    for key, kind in (sequence_features or {}).items():
        rows = [_values(key, one, kind.dtype) for one in lists[key].feature] if key in lists else []
        if isinstance(kind, FixedLenSequenceFeature):
            if key not in lists and not kind.allow_missing:
                raise InvalidArgumentError(f"Name: <unknown>, Feature list '{key}' is required but could not be found.")
            parts = [_shaped(key, row, kind.shape, kind.dtype) for row in rows]
            empty = _leaf([], kind.dtype).reshape(0, *kind.shape)
            steps[key] = presented(_stacked(parts) if parts else empty)
        elif isinstance(kind, VarLenFeature):
            steps[key] = _sparse(rows, kind.dtype)
        elif isinstance(kind, RaggedFeature):
            steps[key] = _ragged(rows, kind.dtype, kind.row_splits_dtype)
        else:
            raise ValueError(
                f"A feature of steps must be FixedLenSequenceFeature, VarLenFeature or RaggedFeature: {key}"
            )
    return context, steps


def _example(data: bytes, kind: Any) -> Any:
    try:
        return kind.FromString(data)
    except DataLossError as error:
        raise InvalidArgumentError(f"Could not parse example input: {error}") from error


def _check(features: Any) -> None:
    if not features:
        raise ValueError("Argument `features` cannot be empty.")
    known = (FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, SparseFeature, RaggedFeature)
    for key, kind in features.items():
        if not isinstance(kind, known):
            raise ValueError(
                f"Feature {key!r} must be one of {', '.join(k.__name__ for k in known)}. Received: {kind!r}"
            )


def _values(key: str, feature: Feature | None, dtype: Any) -> list[Any] | None:
    """The values of a feature, or None if there are none."""
    if feature is None or feature._list is None:
        return None
    name = as_dtype(dtype).name
    wanted = _LISTS.get(name)
    if wanted is None:
        raise ValueError(f"Feature {key!r} must have dtype float32, int64 or string. Received: {name}")
    if feature.WhichOneof() != wanted:
        raise InvalidArgumentError(
            f"Key: {key}. Data types don't match. Expected type: {name}, and the feature holds {feature.WhichOneof()}."
        )
    found: list[Any] = feature._list.value
    return found


def _single(key: str, kind: Any, found: dict[str, Feature]) -> Any:
    if isinstance(kind, FixedLenFeature):
        return presented(_fixed(key, kind, found))
    if isinstance(kind, FixedLenSequenceFeature):
        return presented(_rows(key, kind, found))
    if isinstance(kind, SparseFeature):
        return _of_places([found], kind, batch=False)
    values = _values(key, found.get(_key_of(key, kind)), kind.dtype) or []
    if isinstance(kind, RaggedFeature):
        return presented(_leaf(values, kind.dtype))
    places = torch.arange(len(values)).reshape(-1, 1)
    return _sparse_tensor(places, _leaf(values, kind.dtype), [len(values)])


def _batch(key: str, kind: Any, examples: list[dict[str, Feature]]) -> Any:
    if isinstance(kind, FixedLenFeature):
        leaves = [_fixed(key, kind, found) for found in examples]
        return presented(_stacked(leaves) if leaves else _leaf([], kind.dtype).reshape(0, *_sizes(kind.shape)))
    if isinstance(kind, FixedLenSequenceFeature):
        return presented(_padded_rows(key, kind, examples))
    if isinstance(kind, SparseFeature):
        return _of_places(examples, kind, batch=True)
    rows = [_values(key, found.get(_key_of(key, kind)), kind.dtype) or [] for found in examples]
    if isinstance(kind, RaggedFeature):
        return _ragged(rows, kind.dtype, kind.row_splits_dtype)
    return _sparse(rows, kind.dtype)


def _key_of(key: str, kind: Any) -> str:
    return getattr(kind, "value_key", None) or key


def _fixed(key: str, kind: Any, found: dict[str, Feature]) -> Any:
    values = _values(key, found.get(key), kind.dtype)
    if values is None:
        if kind.default_value is None:
            raise InvalidArgumentError(
                f"Feature: {key} (data type: {as_dtype(kind.dtype).name}) is required but could "
                "not be found. Give a `default_value`, or use VarLenFeature."
            )
        leaf = absorbed_leaf(kind.default_value)
        leaf = leaf if is_strings(leaf) else leaf.to(as_dtype(kind.dtype).torch_dtype)
        sizes = _sizes(kind.shape)
        return np.broadcast_to(leaf, sizes).copy() if is_strings(leaf) else leaf.broadcast_to(sizes).clone()
    return _shaped(key, values, kind.shape, kind.dtype)


def _shaped(key: str, values: list[Any] | None, shape: Any, dtype: Any) -> Any:
    sizes = _sizes(shape)
    if math.prod(sizes) != len(values or []):
        raise InvalidArgumentError(
            f"Key: {key}. Can't parse serialized Example: the number of values is {len(values or [])}, and the shape "
            f"{list(sizes)} needs {math.prod(sizes)}."
        )
    return _leaf(values or [], dtype).reshape(sizes)


def _rows(key: str, kind: Any, found: dict[str, Feature]) -> Any:
    values = _values(key, found.get(key), kind.dtype)
    if values is None and not kind.allow_missing:
        raise InvalidArgumentError(f"Feature: {key} is required but could not be found.")
    sizes = _sizes(kind.shape)
    size = math.prod(sizes)
    if len(values or []) % max(1, size):
        raise InvalidArgumentError(f"Key: {key}. {len(values or [])} values do not make whole rows of shape {sizes}.")
    return _leaf(values or [], kind.dtype).reshape(-1, *sizes)


def _padded_rows(key: str, kind: Any, examples: list[dict[str, Feature]]) -> Any:
    leaves = [_rows(key, kind, found) for found in examples]
    longest = max((len(leaf) for leaf in leaves), default=0)
    default = kind.default_value
    if leaves and is_strings(leaves[0]):
        text = b"" if default is None else absorbed_leaf(default)[()]
        padded = [np.full((longest, *leaf.shape[1:]), text, object) for leaf in leaves]
    else:
        fill = 0 if default is None else float(absorbed_leaf(default))
        padded = [leaf.new_full((longest, *leaf.shape[1:]), fill) for leaf in leaves]
    for row, leaf in zip(padded, leaves, strict=True):
        row[: len(leaf)] = leaf
    return _stacked(padded)


def _of_places(examples: list[dict[str, Feature]], kind: Any, batch: bool) -> Any:
    places: list[list[int]] = []
    values: list[Any] = []
    for number, found in enumerate(examples):
        own = _values(kind.value_key, found.get(kind.value_key), kind.dtype) or []
        keys = kind.index_key if isinstance(kind.index_key, (list, tuple)) else [kind.index_key]
        columns = [_values(one, found.get(one), "int64") or [] for one in keys]
        if any(len(column) != len(own) for column in columns):
            raise InvalidArgumentError(f"{kind.value_key} has {len(own)} values, and another number of places.")
        rows = sorted(zip(*columns, own, strict=True), key=lambda row: row[:-1])
        places += [[number, *row[:-1]] if batch else list(row[:-1]) for row in rows]
        values += [row[-1] for row in rows]
    sizes = list(kind.size) if isinstance(kind.size, (list, tuple)) else [kind.size]
    shape = [len(examples), *sizes] if batch else sizes
    return _sparse_tensor(
        torch.tensor(places, dtype=torch.int64).reshape(-1, len(shape)), _leaf(values, kind.dtype), shape
    )


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in (shape if hasattr(shape, "__iter__") else [shape]))


def _leaf(values: list[Any], dtype: Any) -> Any:
    kind = as_dtype(dtype)
    if kind.name == "string":
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    return torch.tensor(values, dtype=kind.torch_dtype, device="cpu")


def _stacked(leaves: list[Any]) -> Any:
    return torch.stack(leaves) if isinstance(leaves[0], torch.Tensor) else np.stack(leaves)


def _sparse(rows: list[Any], dtype: Any) -> Any:
    places = [[number, place] for number, row in enumerate(rows) for place in range(len(row or []))]
    values = [value for row in rows for value in row or []]
    longest = max((len(row or []) for row in rows), default=0)
    indices = torch.tensor(places, dtype=torch.int64, device="cpu").reshape(-1, 2)
    return _sparse_tensor(indices, _leaf(values, dtype), [len(rows), longest])


def _sparse_tensor(places: torch.Tensor, values: Any, shape: list[int]) -> Any:
    make = named("dialects.tensorflow.sparse.sparse_tensor.SparseTensor")
    return make(presented(places), presented(values), presented(torch.tensor(shape, dtype=torch.int64, device="cpu")))


def _ragged(rows: list[Any], dtype: Any, row_splits_dtype: Any) -> Any:
    lengths = torch.tensor([len(row or []) for row in rows], dtype=as_dtype(row_splits_dtype).torch_dtype, device="cpu")
    values = _leaf([value for row in rows for value in row or []], dtype)
    return RaggedTensor.from_row_lengths(presented(values), presented(lengths))
