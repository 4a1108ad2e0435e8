"""Several tensors made one, and one made several: concatenate, stack, split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.broadcasting import Shape, element_count, probe, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _of_one_dtype(xs: Any) -> tuple[torch.Tensor, ...]:
    tensors = [convert_to_tensor(x) for x in xs]
    return as_pair(*tensors) if len(tensors) > 1 else tuple(tensors)


def _joined_dtype(xs: Sequence[Any]) -> str:
    return standardize_dtype(_of_one_dtype([probe(x) for x in xs])[0].dtype)


def _merge(shapes: Sequence[Shape], axis: int, what: str) -> list[int | None]:
    """Return the sizes on which all shapes agree, with those of ``axis`` added up."""
    merged: list[int | None] = []
    for position, sizes in enumerate(zip(*shapes, strict=False)):
        known = {size for size in sizes if size is not None}
        if position == axis:
            merged.append(None if None in sizes else sum(sizes))
        elif len(known) > 1:
            raise ValueError(
                f"Every size except that of the axis of `{what}` must be the same. "
                f"Received: axis={axis}, shapes={list(shapes)}"
            )
        else:
            merged.append(known.pop() if known else None)
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError(f"All inputs of `{what}` must have as many axes. Received shapes: {list(shapes)}")
    return merged


def _concatenate_spec(xs: Sequence[Any], axis: int = 0) -> KerasTensor:
    if axis is None:
        raise ValueError("`axis` of `concatenate` cannot be None for symbolic inputs. Flatten them with `ravel` first.")
    shapes = [static_shape(x) for x in xs]
    return KerasTensor(_merge(shapes, normalize_axis(axis, len(shapes[0])), "concatenate"), _joined_dtype(xs))


@operation(output_spec=_concatenate_spec)
def concatenate(xs: Sequence[Any], axis: int = 0) -> torch.Tensor:
    """Tensors one after the other along an axis that they have.

    Args:
        xs: Tensors of equal shapes but for the one axis; they come to one dtype first.
        axis: Axis along which to join.

    Raises:
        ValueError: with symbolic inputs, shapes that do not fit.

    Example:
        >>> concatenate([torch.tensor([1]), torch.tensor([2.0])])
        tensor([1., 2.])
    """
    tensors = _of_one_dtype(xs)
    return torch.cat([x.reshape(-1) for x in tensors] if axis is None else tensors, dim=axis or 0)


def _append_spec(x1: Any, x2: Any, axis: int | None = None) -> KerasTensor:
    if axis is not None:
        return _concatenate_spec([x1, x2], axis)
    counts = [element_count(static_shape(x)) for x in (x1, x2)]
    length = None if None in counts else sum(counts)  # type: ignore[arg-type]
    return KerasTensor((length,), _joined_dtype([x1, x2]))


@operation(output_spec=_append_spec)
def append(x1: Any, x2: Any, axis: int | None = None) -> torch.Tensor:
    """``x2`` behind ``x1``, along an axis or, for None, both flattened.

    Raises:
        ValueError: with symbolic inputs, shapes that do not fit.

    Example:
        >>> append(torch.tensor([[1, 2]]), torch.tensor([3]))
        tensor([1, 2, 3])
    """
    x1, x2 = _of_one_dtype([x1, x2])
    return torch.cat([x1.reshape(-1), x2.reshape(-1)]) if axis is None else torch.cat([x1, x2], dim=axis)


def _stack_spec(x: Sequence[Any], axis: int = 0) -> KerasTensor:
    shapes = [static_shape(part) for part in x]
    shape = _merge(shapes, -1, "stack")
    shape.insert(normalize_axis(axis, len(shape) + 1), len(shapes))
    return KerasTensor(shape, _joined_dtype(x))


@operation(output_spec=_stack_spec)
def stack(x: Sequence[Any], axis: int = 0) -> torch.Tensor:
    """Tensors of one shape side by side along a new axis.

    Args:
        x: The tensors; they come to one dtype first.
        axis: Where the new axis is in the result.

    Raises:
        ValueError: with symbolic inputs, shapes that differ.

    Example:
        >>> stack([torch.tensor([1, 2]), torch.tensor([3, 4])], axis=1)
        tensor([[1, 3],
                [2, 4]])
    """
    return torch.stack(_of_one_dtype(x), dim=axis)


def _hstack_spec(xs: Sequence[Any]) -> KerasTensor:
    shapes = [static_shape(x) or (1,) for x in xs]
    return KerasTensor(_merge(shapes, 0 if len(shapes[0]) == 1 else 1, "hstack"), _joined_dtype(xs))


@operation(output_spec=_hstack_spec)
def hstack(xs: Sequence[Any]) -> torch.Tensor:
    """Tensors joined along the second axis, one-dimensional ones along the first.

    Example:
        >>> hstack([torch.tensor([[1], [2]]), torch.tensor([[3], [4]])])
        tensor([[1, 3],
                [2, 4]])
    """
    return torch.hstack(_of_one_dtype(xs))


def _vstack_spec(xs: Sequence[Any]) -> KerasTensor:
    shapes = [(1,) * (2 - len(s)) + s if len(s) < 2 else s for s in map(static_shape, xs)]
    return KerasTensor(_merge(shapes, 0, "vstack"), _joined_dtype(xs))


@operation(output_spec=_vstack_spec)
def vstack(xs: Sequence[Any]) -> torch.Tensor:
    """Tensors joined along the first axis, one-dimensional ones as rows.

    Example:
        >>> vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    return torch.vstack(_of_one_dtype(xs))


def _dstack_spec(xs: Sequence[Any]) -> KerasTensor:
    shapes = [((1,) * (2 - len(s)) + s if len(s) < 2 else s) + (1,) * (len(s) < 3) for s in map(static_shape, xs)]
    return KerasTensor(_merge(shapes, 2, "dstack"), _joined_dtype(xs))


@operation(output_spec=_dstack_spec)
def dstack(xs: Sequence[Any]) -> torch.Tensor:
    """Tensors joined along the third axis, which is added where it is missing.

    Example:
        >>> dstack([torch.tensor([[1, 2]]), torch.tensor([[3, 4]])])
        tensor([[[1, 3],
                 [2, 4]]])
    """
    return torch.dstack(_of_one_dtype(xs))


def _boundaries(indices_or_sections: Any) -> int | list[int]:
    """Return the number of parts, or the indices between them, as Python ints."""
    if isinstance(indices_or_sections, (int, np.integer)):
        return int(indices_or_sections)
    # Where to cut decides the shapes, so a tensor of indices has to be read here.
    return (
        [int(i) for i in indices_or_sections]
        if len(getattr(indices_or_sections, "shape", (1,)))
        else int(indices_or_sections)
    )


def _split_spec(x: Any, indices_or_sections: Any, axis: int = 0) -> list[KerasTensor]:
    return _parts_spec(x, indices_or_sections, axis, even=True)


def _array_split_spec(x: Any, indices_or_sections: Any, axis: int = 0) -> list[KerasTensor]:
    return _parts_spec(x, indices_or_sections, axis, even=False)


def _parts_spec(x: Any, indices_or_sections: Any, axis: int, even: bool) -> list[KerasTensor]:
    shape = static_shape(x)
    axis = normalize_axis(axis, len(shape))
    where, size = _boundaries(indices_or_sections), shape[axis]
    sizes: list[int | None]
    if isinstance(where, (int, np.integer)):
        if size is not None:
            _check_even(size, where, shape, axis, even)
        sizes = [None] * where if size is None else [size // where + (i < size % where) for i in range(where)]
    else:
        ends = where if size is None else [min(i, size) for i in where] + [size]
        sizes = [max(end - start, 0) for start, end in zip([0, *ends], ends, strict=False)]
        sizes += [None] if size is None else []
    return [KerasTensor((*shape[:axis], s, *shape[axis + 1 :]), x.dtype) for s in sizes]


def _check_even(size: int, sections: int, shape: Any, axis: int, even: bool) -> None:
    if even and size % sections:
        raise ValueError(
            f"x cannot be split into {sections} equal parts along axis {axis}. Received: x.shape={tuple(shape)}. "
            "Use `array_split` for parts of unequal sizes."
        )


def _split(x: Any, indices_or_sections: Any, axis: int, even: bool) -> list[torch.Tensor]:
    x = convert_to_tensor(x)
    axis = normalize_axis(axis, x.ndim)
    where = _boundaries(indices_or_sections)
    if isinstance(where, (int, np.integer)):
        _check_even(x.shape[axis], where, x.shape, axis, even)
    return list(torch.tensor_split(x, where, dim=axis))


@operation(output_spec=_split_spec)
def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[torch.Tensor]:
    """Parts of ``x`` along an axis.

    Args:
        x: Tensor of one or more axes.
        indices_or_sections: Number of equal parts, or the indices at which a new part begins.
        axis: Axis to cut.

    Raises:
        ValueError: the axis does not divide into so many equal parts, or does not exist.

    Example:
        >>> split(torch.arange(4), 2), split(torch.arange(4), [1])
        ([tensor([0, 1]), tensor([2, 3])], [tensor([0]), tensor([1, 2, 3])])
    """
    return _split(x, indices_or_sections, axis, even=True)


@operation(output_spec=_array_split_spec)
def array_split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[torch.Tensor]:
    """:func:`split` whose first parts may be longer by one than the others.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> array_split(torch.arange(3), 2)
        [tensor([0, 1]), tensor([2])]
    """
    return _split(x, indices_or_sections, axis, even=False)


def hsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[torch.Tensor]:
    """:func:`split` along the second axis, of one-dimensional tensors along the first.

    Raises:
        ValueError: the axis does not divide into so many equal parts.

    Example:
        >>> hsplit(torch.arange(4), 2)
        [tensor([0, 1]), tensor([2, 3])]
    """
    return split(x, indices_or_sections, 0 if len(static_shape(x)) == 1 else 1)


def vsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[torch.Tensor]:
    """:func:`split` along the first axis.

    Raises:
        ValueError: the axis does not divide into so many equal parts.

    Example:
        >>> len(vsplit(torch.zeros(4, 2), 2))
        2
    """
    return split(x, indices_or_sections, 0)


def dsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[torch.Tensor]:
    """:func:`split` along the third axis.

    Raises:
        ValueError: the axis does not divide into so many equal parts, or does not exist.

    Example:
        >>> len(dsplit(torch.zeros(1, 2, 4), 2))
        2
    """
    return split(x, indices_or_sections, 2)
