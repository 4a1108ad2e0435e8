"""`tf.sets`: rows of tensors as sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import operands, tensor
from torchkeras_compat.dialects.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


def _rows(x: Any) -> tuple[list[int], list[set[Any]], torch.dtype]:
    """The axes before the last one, the set of each row, and the dtype."""
    if isinstance(x, SparseTensor):
        shape = x._sizes.tolist()[:-1]
        found: list[set[Any]] = [set() for _ in range(int(torch.tensor(shape).prod()))]
        for place, value in zip(x._indices.tolist(), unwrap(x.values).tolist()):
            row = 0
            for i, size in zip(place[:-1], shape):
                row = row * size + i
            found[row].add(value)
        return shape, found, unwrap(x.values).dtype
    values = tensor(unwrap(x))
    return list(values.shape[:-1]), [set(r) for r in values.reshape(-1, values.shape[-1]).tolist()], values.dtype


def _combined(a: Any, b: Any, combine: Callable[[set[Any], set[Any]], set[Any]]) -> SparseTensor:
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        a, b = operands(unwrap(a), unwrap(b))
    shape, first, dtype = _rows(a)
    other, second, _ = _rows(b)
    if shape != other:
        raise InvalidArgumentError(f"Sets must lie in rows of one shape. Received: {shape} and {other}")
    rows = [sorted(combine(*pair)) for pair in zip(first, second)]
    places = [
        [*(int(i) for i in torch.unravel_index(torch.tensor(n), tuple(shape))), k]
        for n, row in enumerate(rows)
        for k in range(len(row))
    ]
    values = torch.tensor([v for row in rows for v in row], dtype=dtype)
    return SparseTensor(torch.tensor(places).reshape(-1, len(shape) + 1), values, [*shape, max(map(len, rows))])


def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Return what each pair of rows has in common, in order.

    Raises:
        InvalidArgumentError: the rows do not correspond.

    Example:
        >>> intersection([[1, 2, 3]], [[2, 3, 9]]).values.numpy().tolist()
        [2, 3]
    """
    return _combined(a, b, set.intersection)


def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Return what either of each pair of rows has, in order."""
    return _combined(a, b, set.union)


def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """Return what each row of ``a`` has and that of ``b`` has not; the other way round without ``aminusb``."""
    return _combined(a, b, set.difference if aminusb else lambda x, y: y - x)


def size(a: Any, validate_indices: bool = True) -> Any:
    """Return the number of different elements of each row, as int32.

    Raises:
        TypeError: ``a`` is not sparse.
    """
    if not isinstance(a, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {type(a).__name__}.")
    shape, rows, _ = _rows(a)
    return wrap(torch.tensor([len(row) for row in rows], dtype=torch.int32).reshape(shape))
