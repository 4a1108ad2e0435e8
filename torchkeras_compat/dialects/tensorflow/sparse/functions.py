"""Sparse tensors made, filled up, multiplied, rearranged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axis_of, integer, operands, sizes, tensor
from torchkeras_compat.dialects.tensorflow.sparse.sparse_tensor import SparseTensor, check_places, check_sparse
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes, is_text
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap
from torchkeras_compat.dtypes.names import to_torch_dtype


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """Return the elements that are not zero, or not the empty string.

    Example:
        >>> from_dense([[0, 5], [6, 0]]).indices.numpy().tolist()
        [[0, 1], [1, 0]]
    """
    if is_text(tensor):
        array = as_bytes(tensor)
        found = np.argwhere(array != b"")
        return SparseTensor(torch.from_numpy(found), StringTensor(array[tuple(found.T)]), array.shape)
    x = as_tensor(unwrap(tensor))
    places = torch.nonzero(x)
    return SparseTensor(places, x[tuple(places.unbind(1))], list(x.shape))


def to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None) -> Any:
    """Return a tensor with the entries, and ``default_value`` elsewhere.

    Args:
        sp_input: Sparse tensor.
        default_value: 0, or the empty string, by default.
        validate_indices: Whether to refuse entries that repeat or are out of order.
        name: Not used.

    Raises:
        InvalidArgumentError: an entry lies outside, or see ``validate_indices``.
        TypeError: ``sp_input`` is not sparse.
    """
    x = check_sparse(sp_input, "to_dense")
    check_places(x)
    if validate_indices and len(x._indices) > 1 and bool((_flat(x).diff() <= 0).any()):
        raise InvalidArgumentError("Indices are repeated or out of order. Use `tf.sparse.reorder` first.")
    shape = x._sizes.tolist()
    keys = tuple(x._indices.unbind(1))
    if isinstance(x._values, StringTensor):
        found = np.empty(shape, object)
        found[...] = b"" if default_value is None else as_bytes(default_value)[()]
        found[tuple(k.numpy() for k in keys)] = x._values.numpy()
        return StringTensor(found)
    fill = operands(x._values, 0 if default_value is None else unwrap(default_value))[1]
    return wrap(fill.to(x._values.device).expand(shape).clone().index_put(keys, x._values))


def _flat(x: SparseTensor) -> torch.Tensor:
    """The number of each place, in the order of rows."""
    found = torch.zeros(len(x._indices), dtype=torch.int64, device=x._indices.device)
    for column, size in zip(x._indices.unbind(1), x._sizes.tolist()):
        found = found * size + column
    return found


def _chosen(x: SparseTensor, kept: torch.Tensor) -> SparseTensor:
    values = x._values
    if isinstance(values, StringTensor):
        return SparseTensor(x._indices[kept], StringTensor(values.numpy()[kept.numpy()]), x._sizes)
    return SparseTensor(x._indices[kept], values[kept], x._sizes)


def reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Return the entries in the order of rows."""
    x = check_sparse(sp_input, "reorder")
    return _chosen(x, torch.sort(_flat(x), stable=True).indices)


def retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """Return the entries where ``to_retain`` is true."""
    return _chosen(check_sparse(sp_input, "retain"), torch.nonzero(tensor(unwrap(to_retain), torch.bool))[:, 0])


def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Any:
    """Return the product of a sparse and a dense matrix, either first.

    Args:
        sp_a: Sparse matrix ``(n, m)``, or a dense one if ``b`` is sparse.
        b: Matrix ``(m, p)``.
        adjoint_a: Whether to transpose and conjugate ``sp_a``.
        adjoint_b: Whether to transpose and conjugate ``b``.
        name: Not used.

    Raises:
        TypeError: neither is sparse.
        InvalidArgumentError: dtypes or shapes do not fit.
    """
    if isinstance(b, SparseTensor) and not isinstance(sp_a, SparseTensor):
        flipped = unwrap(sparse_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a))
        return wrap(flipped.mH)
    x = check_sparse(sp_a, "sparse_dense_matmul")
    check_places(x)
    values, dense = operands(x._values, unwrap(b))
    dense = dense.mH if adjoint_b else dense
    rows, columns = x._indices.unbind(1)
    shape = x._sizes.tolist()
    if adjoint_a:
        rows, columns, values, shape = columns, rows, values.conj(), shape[::-1]
    if dense.ndim != 2 or dense.shape[0] != shape[1]:
        raise InvalidArgumentError(f"Cannot multiply matrices of shapes {tuple(shape)} and {tuple(dense.shape)}.")
    start = dense.new_zeros(shape[0], dense.shape[1])
    return wrap(start.index_add(0, rows, values[:, None] * dense[columns]))


def transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """Return the axes in the order ``perm``, by default reversed."""
    x = check_sparse(sp_input, "transpose")
    order = list(reversed(range(len(x._sizes)))) if perm is None else sizes(perm, "perm")
    return reorder(SparseTensor(x._indices[:, order], x._values, x._sizes[order]))


def reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """Return the entries in another shape; one size may be -1.

    Raises:
        InvalidArgumentError: the number of elements differs.
    """
    x = check_sparse(sp_input, "reshape")
    total = int(torch.prod(x._sizes))
    wanted = sizes(shape)
    known = int(np.prod([s for s in wanted if s != -1]))
    wanted = [total // max(known, 1) if s == -1 else s for s in wanted]
    if int(np.prod(wanted)) != total:
        raise InvalidArgumentError(f"A tensor of {total} elements cannot take shape {tuple(wanted)}.")
    places = torch.stack(list(torch.unravel_index(_flat(x), tuple(wanted))), 1)
    return SparseTensor(places, x._values, wanted)


def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """Return the sum of two tensors, sparse if both are, without entries whose size is below ``threshold``."""
    if not isinstance(a, SparseTensor) or not isinstance(b, SparseTensor):
        sparse, dense = (a, b) if isinstance(a, SparseTensor) else (b, a)
        return wrap(unwrap(to_dense(sparse, validate_indices=False)) + as_tensor(unwrap(dense)))
    total = _summed([a, b])
    limit = float(threshold)
    kept = total._values.abs() >= limit if limit > 0 else torch.ones(len(total._values), dtype=torch.bool)
    return _chosen(total, torch.nonzero(kept)[:, 0])


def _summed(parts: list[SparseTensor]) -> SparseTensor:
    places = torch.cat([x._indices for x in parts])
    values = torch.cat([x._values for x in parts])
    where, inverse = torch.unique(places, dim=0, return_inverse=True)
    return SparseTensor(where, values.new_zeros(len(where)).index_add(0, inverse, values), parts[0]._sizes)


def concat(axis: Any, sp_inputs: Any, expand_nonconcat_dims: bool = False, name: str | None = None) -> SparseTensor:
    """Return sparse tensors joined along an axis.

    Raises:
        InvalidArgumentError: other axes differ in size, unless ``expand_nonconcat_dims`` makes the largest count.
    """
    parts = [check_sparse(x, "concat") for x in sp_inputs]
    at = axis_of(axis, len(parts[0]._sizes))
    shapes = torch.stack([x._sizes for x in parts])
    others = [a for a in range(shapes.shape[1]) if a != at]
    if not expand_nonconcat_dims and bool((shapes[:, others] != shapes[0, others]).any()):
        raise InvalidArgumentError(f"Sizes of the axes that are not joined differ: {shapes.tolist()}")
    whole = shapes.amax(0)
    whole[at] = shapes[:, at].sum()
    shifted, start = [], 0
    for x in parts:
        moved = x._indices.clone()
        moved[:, at] += start
        start += int(x._sizes[at])
        shifted.append(moved)
    if isinstance(parts[0]._values, StringTensor):
        values: Any = StringTensor(np.concatenate([x._values.numpy() for x in parts]))
    else:
        values = torch.cat([x._values for x in parts])
    return reorder(SparseTensor(torch.cat(shifted), values, whole))


def slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """Return the entries within a part of the tensor."""
    x = check_sparse(sp_input, "slice")
    begin, lengths = torch.tensor(sizes(start, "start")), torch.tensor(sizes(size, "size"))
    end = torch.minimum(begin + lengths, x._sizes)
    kept = torch.nonzero(((x._indices >= begin) & (x._indices < end)).all(1))[:, 0]
    part = _chosen(x, kept)
    return SparseTensor(part._indices - begin, part._values, (end - begin).clamp_min(0))


def split(sp_input: Any = None, num_split: Any = None, axis: Any = None, name: str | None = None) -> list[SparseTensor]:
    """Return parts along an axis, the first ones longer by one where it does not divide."""
    x = check_sparse(sp_input, "split")
    at, count = axis_of(axis, len(x._sizes)), integer(num_split, "num_split")
    length = int(x._sizes[at])
    found, start = [], 0
    for i in range(count):
        step = length // count + (i < length % count)
        begin, size = [0] * len(x._sizes), x._sizes.tolist()
        begin[at], size[at] = start, step
        found.append(slice(x, begin, size))
        start += step
    return found


def expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """Return the tensor with an axis of size 1 put in, at the end by default."""
    x = check_sparse(sp_input, "expand_dims")
    at = axis_of(-1 if axis is None else axis, len(x._sizes) + 1)
    zeros = x._indices.new_zeros(len(x._indices), 1)
    places = torch.cat([x._indices[:, :at], zeros, x._indices[:, at:]], 1)
    return SparseTensor(places, x._values, torch.cat([x._sizes[:at], x._sizes.new_ones(1), x._sizes[at:]]))


def eye(num_rows: Any, num_columns: Any = None, dtype: Any = "float32", name: str | None = None) -> SparseTensor:
    """Return an identity matrix."""
    rows = integer(num_rows, "num_rows")
    columns = rows if num_columns is None else integer(num_columns, "num_columns")
    places = torch.arange(min(rows, columns))[:, None].expand(-1, 2)
    return SparseTensor(places, torch.ones(len(places), dtype=to_torch_dtype(dtype)), [rows, columns])


def map_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return ``op`` of the entries of sparse tensors, at their places.

    Raises:
        ValueError: there is no sparse tensor, or two have entries at different places.
    """
    found = [x for x in (*args, *kwargs.values()) if isinstance(x, SparseTensor)]
    if not found:
        raise ValueError("`tf.sparse.map_values` needs a SparseTensor.")
    if any(not torch.equal(x._indices, found[0]._indices) for x in found[1:]):
        raise ValueError("Sparse tensors must have entries at the same places.")

    def entries(x: Any) -> Any:
        return x.values if isinstance(x, SparseTensor) else x

    return found[0].with_values(op(*map(entries, args), **{name: entries(x) for name, x in kwargs.items()}))


def reduce_sum(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: str | None = None
) -> Any:
    """Return the sum over axes, as a dense tensor unless ``output_is_sparse``."""
    return _reduced(sp_input, axis, keepdims, output_is_sparse, torch.sum)


def reduce_max(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: str | None = None
) -> Any:
    """Return the largest of the entries over axes, 0 where there are none."""
    x = check_sparse(sp_input, "reduce_max")
    least = torch.finfo(x._values.dtype).min if x._values.is_floating_point() else torch.iinfo(x._values.dtype).min

    def largest(dense: torch.Tensor, dim: Any, keepdim: bool) -> torch.Tensor:
        filled = unwrap(to_dense(x, least, validate_indices=False))
        found = torch.amax(filled, dim=dim, keepdim=keepdim)
        return torch.where(found == least, 0, found)

    return _reduced(x, axis, keepdims, output_is_sparse, largest)


def _reduced(sp_input: Any, axis: Any, keepdims: Any, is_sparse: bool, function: Callable[..., Any]) -> Any:
    x = check_sparse(sp_input, "reduce_sum")
    rank = len(x._sizes)
    axes = list(range(rank)) if axis is None else [a % rank for a in sizes(axis, "axis")]
    found = function(unwrap(to_dense(x, validate_indices=False)), dim=axes, keepdim=bool(keepdims))
    found = found.to(x._values.dtype)
    return from_dense(found) if is_sparse else wrap(found)


def softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Return the softmax of the entries of each row, as if what is not there were minus infinity."""
    x = check_sparse(sp_input, "softmax")
    rows = SparseTensor(x._indices[:, :-1], x._values, x._sizes[:-1])
    _, group = torch.unique(_flat(rows), return_inverse=True)
    count = int(group.max()) + 1 if len(group) else 0
    top = x._values.new_full((count,), float("-inf")).scatter_reduce(0, group, x._values, "amax")
    powers = torch.exp(x._values - top[group])
    return x.with_values(powers / x._values.new_zeros(count).index_add(0, group, powers)[group])


def maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Return the larger of each pair, 0 standing for what is not there, at the places of either."""
    return _paired(sp_a, sp_b, torch.maximum)


def minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Return the smaller of each pair, 0 standing for what is not there, at the places of either."""
    return _paired(sp_a, sp_b, torch.minimum)


def _paired(sp_a: Any, sp_b: Any, function: Callable[..., Any]) -> SparseTensor:
    a, b = check_sparse(sp_a, "maximum"), check_sparse(sp_b, "maximum")
    where = torch.unique(torch.cat([a._indices, b._indices]), dim=0)
    keys = tuple(where.unbind(1))
    first, second = (unwrap(to_dense(x, validate_indices=False))[keys] for x in (a, b))
    return SparseTensor(where, function(first, second), a._sizes)


def to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Any:
    """Return whether each row of integers holds each integer below ``vocab_size``."""
    x = check_sparse(sp_input, "to_indicator")
    count = integer(vocab_size, "vocab_size")
    places = torch.cat([x._indices[:, :-1], x._values.to(torch.int64)[:, None]], 1)
    shape = [*x._sizes[:-1].tolist(), count]
    inside = (places[:, -1] >= 0) & (places[:, -1] < count)
    found = torch.zeros(shape, dtype=torch.bool)
    return wrap(found.index_put(tuple(places[inside].unbind(1)), torch.ones((), dtype=torch.bool)))


as_tensor = tensor
