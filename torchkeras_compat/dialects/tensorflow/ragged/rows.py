"""What functions do with ragged tensors: rows chosen, filled up, joined, reduced."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.arrays import casting, creation, joining, shapes
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.math import reduction, segments
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, sizes, tensor
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


def take(values: Any, index: torch.Tensor) -> Any:
    """Return rows of values, of strings or of a ragged tensor by their numbers."""
    if isinstance(values, StringTensor):
        return StringTensor(values.numpy()[index.cpu().numpy()])
    if not hasattr(values, "flat_values"):
        return values[index]
    splits = unwrap(values.row_splits)
    starts, lengths = splits[:-1][index], splits.diff()[index]
    inner = torch.cat([torch.arange(int(s), int(s) + int(n)) for s, n in zip(starts, lengths)]) if len(index) else index
    return type(values).from_row_lengths(take(values._values, inner), lengths)


def selected(x: Any, key: Any) -> Any:
    """Return ``x[key]``: a row, rows, or parts of each row.

    Raises:
        ValueError: an index into each row, which may be too short for it.
    """
    first, rest = (key[0], key[1:]) if isinstance(key, tuple) and key else (key, ())
    if first is Ellipsis:
        return x if not rest else _each_row(x, (slice(None),) * max(x.ragged_rank - len(rest), 0) + rest)
    if isinstance(first, slice):
        bounds = slice(*(None if b is None else int(b) for b in (first.start, first.stop, first.step)))
        chosen = x if bounds == slice(None) else take(x, torch.arange(len(x))[_indices(bounds, len(x))])
        return _each_row(chosen, rest) if rest else chosen
    index = integer(first, "index")
    if not -len(x) <= index < len(x):
        raise InvalidArgumentError(f"Row {index} does not exist: there are {len(x)} rows.")
    splits = unwrap(x.row_splits)
    row = slice(int(splits[index % len(x)]), int(splits[index % len(x) + 1]))
    values = x._values
    found = selected(values, row) if hasattr(values, "flat_values") else wrap(values[row])
    return found[rest if len(rest) > 1 else rest[0]] if rest else found


def _indices(bounds: slice, size: int) -> torch.Tensor:
    return torch.tensor(list(range(*bounds.indices(size))), dtype=torch.int64)


def _each_row(x: Any, keys: tuple[Any, ...]) -> Any:
    key, rest = keys[0], keys[1:]
    if key is None:
        return type(x).from_row_lengths(x, torch.ones(len(x), dtype=torch.int64))
    if not isinstance(key, slice):
        raise ValueError("Cannot index into an inner ragged dimension: rows differ in length. Use `x.to_tensor()`.")
    splits = unwrap(x.row_splits).tolist()
    parts = [_indices(key, end - start) + start for start, end in itertools.pairwise(splits)]
    lengths = torch.tensor([len(part) for part in parts], dtype=torch.int64)
    values = take(x._values, torch.cat(parts) if parts else torch.zeros(0, dtype=torch.int64))
    if rest:
        values = values[(slice(None), *rest)]
    return type(x).from_row_lengths(values, lengths)


def from_tensor(kind: Any, x: Any, lengths: Any, padding: Any, ragged_rank: int) -> Any:
    """Return the rows of a tensor; see `RaggedTensor.from_tensor`."""
    shape = tuple(x.shape)
    if len(shape) <= ragged_rank or ragged_rank < 1:
        raise ValueError(f"ragged_rank={ragged_rank} needs more axes than shape {shape} has.")
    array: Any = x.numpy() if isinstance(x, StringTensor) else x
    if ragged_rank > 1:
        flat = array.reshape(shape[0] * shape[1], *shape[2:])
        inner = from_tensor(
            kind, StringTensor(flat) if isinstance(x, StringTensor) else flat, lengths, padding, ragged_rank - 1
        )
        return kind.from_row_lengths(inner, torch.full((shape[0],), shape[1], dtype=torch.int64))
    if lengths is not None:
        counts = tensor(unwrap(lengths)).to(torch.int64).clamp(0, shape[1])
    elif padding is not None:
        fill = as_bytes(padding)[()] if isinstance(x, StringTensor) else tensor(unwrap(padding), x.dtype)
        kept = torch.as_tensor(np.asarray(array != fill).astype(bool)) if isinstance(x, StringTensor) else array != fill
        kept = kept.reshape(*shape[:2], -1).any(-1)
        counts = (
            (kept * torch.arange(1, shape[1] + 1)).amax(1) if shape[1] else torch.zeros(shape[0], dtype=torch.int64)
        )
    else:
        counts = torch.full((shape[0],), shape[1], dtype=torch.int64)
    mask = torch.arange(shape[1]) < counts[:, None]
    values = StringTensor(array[mask.numpy()]) if isinstance(x, StringTensor) else array[mask]
    return kind.from_row_lengths(values, counts)


def bounding_sizes(x: Any) -> list[int]:
    """Return the sizes of the smallest tensor that holds all rows."""
    longest = int(unwrap(x.row_lengths()).max()) if len(x) else 0
    inner = bounding_sizes(x._values) if hasattr(x._values, "flat_values") else list(x._values.shape)
    return [len(x), longest, *inner[1:]]


def to_tensor(x: Any, default_value: Any, shape: Any) -> Any:
    """Return all rows as a tensor; see `RaggedTensor.to_tensor`."""
    bounds = bounding_sizes(x)
    wanted = list(bounds)
    if shape is not None:
        given = shape.as_list() if hasattr(shape, "as_list") else list(shape)
        wanted = [size if g is None else integer(g, "shape") for g, size in zip(given, wanted, strict=True)]
    flat = x.flat_values
    is_text = isinstance(flat, StringTensor)
    places = _places(x)
    depth = places.shape[1]
    inside = (places < torch.tensor(wanted[:depth])).all(1)
    index = tuple(places[inside].unbind(1))
    if is_text:
        found = np.empty(wanted, object)
        found[...] = as_bytes(b"" if default_value is None else default_value)
        found[tuple(i.numpy() for i in index)] = flat.numpy()[inside.numpy()]
        return StringTensor(found)
    values = unwrap(flat)
    fill = values.new_zeros(()) if default_value is None else operands(values, unwrap(default_value))[1]
    dense = fill.to(values.device).expand(wanted).clone()
    return wrap(dense.index_put(index, values[inside]))


def _places(x: Any) -> torch.Tensor:
    """Where each innermost value stands: ``(values, ragged_rank + 1)``."""
    ids = x._ids().to(torch.int64)
    splits = unwrap(x.row_splits).to(torch.int64)
    columns = torch.arange(len(ids)) - splits[:-1][ids]
    here = torch.stack([ids, columns], 1)
    if not hasattr(x._values, "flat_values"):
        return here
    inner = _places(x._values)
    return torch.cat([here[inner[:, 0]], inner[:, 1:]], 1)


def entries(x: Any) -> tuple[Any, Any, Any]:
    """Return indices, values and shape of a sparse tensor with the values of a ragged one."""
    return wrap(_places(x)), x.flat_values, wrap(torch.tensor(bounding_sizes(x), dtype=torch.int64))


def merge_dims(x: Any, outer_axis: int, inner_axis: int) -> Any:
    """Return axes as one; see `RaggedTensor.merge_dims`."""
    rank = len(x.shape)
    outer = outer_axis + rank if outer_axis < 0 else outer_axis
    inner = inner_axis + rank if inner_axis < 0 else inner_axis
    if not 0 <= outer <= inner < rank:
        raise ValueError(f"Axes {outer_axis} to {inner_axis} do not lie in a tensor of {rank} axes.")
    if outer == inner:
        return x
    values = x._values
    if outer > 1:
        return x.with_values(
            merge_dims(values, outer - 1, inner - 1)
            if hasattr(values, "flat_values")
            else _merged(values, outer - 1, inner - 1)
        )
    if outer == 1:
        splits = unwrap(x.row_splits).to(torch.int64)
        for _ in range(inner - outer):
            if hasattr(values, "flat_values"):
                splits, values = unwrap(values.row_splits)[splits], values._values
            else:
                splits, values = splits * values.shape[1], _merged(values, 0, 1)
        return type(x)(values, splits)
    if inner == 1:
        return wrap(values)
    return merge_dims(values, 0, inner - 1) if hasattr(values, "flat_values") else wrap(_merged(values, 0, inner - 1))


def _merged(values: Any, outer: int, inner: int) -> Any:
    shape = tuple(values.shape)
    new = (*shape[:outer], -1, *shape[inner + 1 :])
    return StringTensor(values.numpy().reshape(new)) if isinstance(values, StringTensor) else values.reshape(new)


# -- functions of `tf.*` ---------------------------------------------------------------------------------------------


def _reduced(name: str) -> Callable[..., Any]:
    def reduce(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None) -> Any:
        function = getattr(reduction, reduced_name)
        if axis is None:
            return function(input_tensor.flat_values)
        rank = len(input_tensor.shape)
        at = integer(axis, "axis") % rank
        if at == 0 or at > input_tensor.ragged_rank:
            if at == 0:
                raise NotImplementedError(
                    f"`tf.{reduced_name}` of a ragged tensor over axis 0 is not supported. Use `to_tensor`."
                )
            return input_tensor.with_flat_values(function(input_tensor.flat_values, axis=at - input_tensor.ragged_rank))
        if at > 1:
            return input_tensor.with_values(reduce(input_tensor.values, at - 1, keepdims))
        found = _by_row(input_tensor, reduced_name)
        return wrap(found.unsqueeze(1) if keepdims else found)

    reduced_name = name
    return reduce


def _by_row(x: Any, name: str) -> torch.Tensor:
    values, ids = unwrap(x.values), x._ids().to(torch.int64)
    how = {"reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min", "reduce_prod": "prod"}
    found: torch.Tensor
    if name in ("reduce_any", "reduce_all"):
        hits = segments.unsorted_segment_sum((values if name == "reduce_any" else ~values).to(torch.int32), ids, len(x))
        found = unwrap(hits) > 0 if name == "reduce_any" else unwrap(hits) == 0
        return found
    found = unwrap(getattr(segments, f"unsorted_segment_{how[name]}")(values, ids, len(x)))
    if name == "reduce_mean" and found.is_floating_point():
        empty = unwrap(x.row_lengths()) == 0
        found = torch.where(empty.reshape(-1, *(1,) * (found.ndim - 1)), torch.nan, found)
    return found


def _concat(values: Any, axis: Any, name: str = "concat") -> Any:
    kind = next(type(x) for x in values if hasattr(x, "flat_values"))
    parts = [x if hasattr(x, "flat_values") else kind.from_tensor(x) for x in values]
    at = integer(axis, "axis")
    at = at + len(parts[0].shape) if at < 0 else at
    if at == 0:
        lengths = torch.cat([unwrap(x.row_lengths()) for x in parts])
        return kind.from_row_lengths(_joined([x.values for x in parts]), lengths)
    if at != 1:
        return parts[0].with_values(_concat([x.values for x in parts], at - 1))
    rows = len(parts[0])
    if any(len(x) != rows for x in parts):
        raise InvalidArgumentError(f"Ragged tensors to join have different numbers of rows: {[len(x) for x in parts]}")
    stacked = _concat(parts, 0)
    order = torch.arange(rows * len(parts)).reshape(len(parts), rows).T.reshape(-1)
    lengths = torch.stack([unwrap(x.row_lengths()) for x in parts]).sum(0)
    return kind.from_row_lengths(take(stacked, order).values, lengths)


def _joined(values: list[Any]) -> Any:
    return joining.concat(values, 0)


def _expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    rank = len(input.shape)
    at = integer(axis, "axis")
    at = at + rank + 1 if at < 0 else at
    kind = type(input)
    if at == 0:
        return kind.from_row_lengths(input, [len(input)])
    if at == 1:
        return kind.from_row_lengths(input, torch.ones(len(input), dtype=torch.int64))
    values = input.values
    return input.with_values(shapes.expand_dims(values, at - 1))


def _gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    if hasattr(indices, "flat_values"):
        return (
            indices.with_flat_values(_gather(params, indices.flat_values))
            if not hasattr(params, "flat_values")
            else _refuse("gather")
        )
    if axis not in (None, 0) or batch_dims:
        return _refuse("gather")
    index = tensor(unwrap(indices)).to(torch.int64)
    found = take(params, index.reshape(-1))
    return found if index.ndim == 1 else selected(found, 0)


def _refuse(name: str) -> Any:
    raise NotImplementedError(f"`tf.{name}` of ragged tensors takes rows only here. Use `x.to_tensor()`.")


def _flat(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        return x.with_flat_values(function(x.flat_values, *args, **kwargs))

    return call


def _size(input: Any, out_type: Any = "int32", name: str | None = None) -> Any:
    return shapes.size(input.flat_values, out_type)


def _rank(input: Any, name: str | None = None) -> Any:
    return wrap(torch.tensor(len(input.shape), dtype=torch.int32, device="cpu"))


def _reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    axes = [a % len(tensor.shape) for a in sizes(axis, "axis")]
    if 0 in axes:
        tensor = take(tensor, torch.arange(len(tensor)).flip(0))
    return selected(tensor, (slice(None), slice(None, None, -1))) if 1 in axes else tensor


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        name: _reduced(name)
        for name in ("reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_any reduce_all").split()
    },
    "concat": _concat,
    "expand_dims": _expand_dims,
    "gather": _gather,
    "one_hot": _flat(creation.one_hot),
    "ones_like": _flat(creation.ones_like),
    "rank": _rank,
    "reverse": _reverse,
    "saturate_cast": _flat(casting.saturate_cast),
    "size": _size,
    "zeros_like": _flat(creation.zeros_like),
}
