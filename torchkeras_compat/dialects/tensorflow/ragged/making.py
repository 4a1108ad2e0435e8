"""Ragged tensors made of lists, ranges and parts, and functions of their values."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.arrays.joining import concat
from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, tensor
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor, as_values, integers
from torchkeras_compat.dialects.tensorflow.ragged.rows import take
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, is_text
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


def constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = "int64",
) -> Any:
    """Return nested lists as a ragged tensor.

    Args:
        pylist: Nested lists of numbers or strings, of one depth.
        dtype: Dtype of the values; None for that of the numbers.
        ragged_rank: Number of ragged axes; None for all but the first.
        inner_shape: Shape of the parts that are not ragged.
        name: Not used.
        row_splits_dtype: int64 or int32.

    Raises:
        ValueError: the lists are nested to different depths, or less than ``ragged_rank`` needs.

    Example:
        >>> constant([[1, 2], [3]]).row_lengths().numpy().tolist()
        [2, 1]
    """
    depth = _depth(pylist)
    if depth == 0:
        return _values([pylist], dtype)[0]
    inner = 0 if inner_shape is None else len(tuple(inner_shape))
    ragged = (depth - 1 - inner if ragged_rank is None else ragged_rank) if depth > 1 or ragged_rank else 0
    if ragged >= depth and pylist and _leaves(pylist, depth):
        raise ValueError(f"`pylist` of depth {depth} has no {ragged} ragged axes.")
    lengths = []
    parts = list(pylist)
    for _ in builtins.range(ragged):
        lengths.append([len(part) for part in parts])
        parts = [element for part in parts for element in part]
    flat = _values(parts, dtype) if parts else _empty(dtype, inner_shape)
    return RaggedTensor.from_nested_row_lengths(flat, [torch.tensor(n, dtype=torch.int64) for n in lengths])


def _depth(x: Any) -> int:
    if not isinstance(x, (list, tuple)) and not (hasattr(x, "tolist") and getattr(x, "ndim", None)):
        return 0
    depths = {_depth(part) for part in x if not (isinstance(part, (list, tuple)) and not part)}
    if len(depths) > 1:
        raise ValueError("All nested lists of a ragged tensor must have the same depth.")
    empty = 1 if any(isinstance(part, (list, tuple)) and not part for part in x) else 0
    return 1 + max([*depths, empty])


def _leaves(x: Any, depth: int) -> bool:
    return any(True for _ in x) if depth == 1 else any(_leaves(part, depth - 1) for part in x)


def _values(parts: Any, dtype: Any) -> Any:
    if is_text(parts):
        return StringTensor(parts)
    return wrap(tensor(list(parts), None if dtype is None else as_dtype(dtype).torch_dtype))


def _empty(dtype: Any, inner_shape: Any) -> Any:
    shape = (0, *(inner_shape or ()))
    if dtype is not None and as_dtype(dtype).name == "string":
        return StringTensor([])
    return wrap(torch.zeros(shape, dtype=torch.float32 if dtype is None else as_dtype(dtype).torch_dtype))


def range(
    starts: Any,
    limits: Any = None,
    deltas: Any = 1,
    dtype: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = "int64",
) -> RaggedTensor:
    """Return rows of evenly spaced numbers: from ``starts`` (0 if only one is given) to ``limits``, which is left out.

    Example:
        >>> range([2, 0, 3]).to_list()
        [[0, 1], [], [0, 1, 2]]
    """
    if limits is None:
        starts, limits = 0, starts
    first, last, step = operands(unwrap(starts), unwrap(limits), unwrap(deltas))
    first, last, step = torch.broadcast_tensors(*(x.reshape(-1) for x in (first, last, step)))  # type: ignore[no-untyped-call]
    rows = [torch.arange(*(x.item() for x in row)) for row in zip(first, last, step) if (row[1] - row[0]) / row[2] > 0]
    counts = [max(int(torch.ceil((b - a) / d)), 0) for a, b, d in zip(first.double(), last.double(), step.double())]
    kind = first.dtype if dtype is None else as_dtype(dtype).torch_dtype
    values = torch.cat(rows).to(kind) if rows else torch.zeros(0, dtype=kind)
    found: RaggedTensor = RaggedTensor.from_row_lengths(values, torch.tensor(counts, dtype=torch.int64))
    return found


def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return ``op`` of the values of ragged tensors, in their rows.

    Raises:
        ValueError: the ragged tensors have different rows, or ``op`` gives another number of values.
    """
    ragged = [x for x in (*args, *kwargs.values()) if isinstance(x, RaggedTensor)]
    if not ragged:
        return op(*args, **kwargs)
    for other in ragged[1:]:
        if [unwrap(s).tolist() for s in other.nested_row_splits] != [
            unwrap(s).tolist() for s in ragged[0].nested_row_splits
        ]:
            raise ValueError("`tf.ragged.map_flat_values` takes ragged tensors with equal rows.")

    def flat(x: Any) -> Any:
        return x.flat_values if isinstance(x, RaggedTensor) else x

    result = op(*map(flat, args), **{name: flat(x) for name, x in kwargs.items()})
    if tuple(result.shape)[:1] != tuple(ragged[0].flat_values.shape)[:1]:
        raise ValueError(f"{op} must give one value for each of {len(ragged[0].flat_values)}.")
    return ragged[0].with_flat_values(result)


def boolean_mask(data: Any, mask: Any, name: str | None = None) -> Any:
    """Return the elements of each row where a mask of the same rows is true.

    Example:
        >>> boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]]).to_list()
        [[1], [3, 4]]
    """
    values = data if isinstance(data, RaggedTensor) else RaggedTensor.from_tensor(data)
    chosen = mask if isinstance(mask, RaggedTensor) else RaggedTensor.from_tensor(mask)
    kept = unwrap(chosen.flat_values)
    ids = chosen._ids().to(torch.int64)[kept]
    lengths = torch.bincount(ids, minlength=len(values))
    return RaggedTensor.from_row_lengths(take(values._values, torch.nonzero(kept)[:, 0]), lengths)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Return tensors of different sizes as rows of one ragged tensor.

    Raises:
        NotImplementedError: ``axis`` is not 0.
    """
    if axis != 0:
        raise NotImplementedError(f"`tf.ragged.stack` puts tensors along axis 0 here. Received: axis={axis}")
    parts = [
        x if isinstance(x, (RaggedTensor, StringTensor)) else _values(x, None) if isinstance(x, list) else x
        for x in values
    ]
    return RaggedTensor.from_row_lengths(concat(parts, 0), [len(part) for part in parts])


def stack_dynamic_partitions(data: Any, partitions: Any, num_partitions: Any, name: str | None = None) -> Any:
    """Return the rows of ``data`` by partition, in their order."""
    ids = integers(partitions)
    order = torch.sort(ids, stable=True).indices
    values = as_values(data)
    lengths = torch.bincount(ids, minlength=integer(num_partitions, "num_partitions"))
    return RaggedTensor.from_row_lengths(take(values, order), lengths)


def row_splits_to_segment_ids(splits: Any, name: str | None = None, out_type: Any = None) -> Any:
    """Return the row of each value."""
    lengths = integers(splits).diff()
    return wrap(torch.arange(len(lengths)).repeat_interleave(lengths))


def segment_ids_to_row_splits(
    segment_ids: Any, num_segments: Any = None, out_type: Any = None, name: str | None = None
) -> Any:
    """Return where each row begins, and at the end the number of values."""
    ids = integers(segment_ids)
    count = (int(ids.max()) + 1 if len(ids) else 0) if num_segments is None else integer(num_segments, "num_segments")
    return wrap(torch.cat([ids.new_zeros(1), torch.bincount(ids, minlength=count).cumsum(0)]))
