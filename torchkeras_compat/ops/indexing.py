"""Elements chosen by position or by condition: take, get_item, where, select, nonzero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.broadcasting import broadcast_shapes, probe, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_bool, as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _as_indices(indices: Any, size: int) -> torch.Tensor:
    """Return ``indices`` as an int64 tensor, negative ones counted from the front."""
    indices = convert_to_tensor(indices).to(torch.int64)
    return torch.where(indices < 0, indices + size, indices)


@operation
def take(x: Any, indices: Any, axis: int | None = None) -> torch.Tensor:
    """Elements at ``indices`` along an axis.

    Args:
        x: Tensor of any shape.
        indices: Integers of any shape, negative ones counted from the end.
        axis: Axis along which to look; None for the flattened tensor.

    Returns:
        ``x`` with the axes of ``indices`` in the place of ``axis``.

    Raises:
        ValueError: the axis does not exist.
        IndexError: an index lies outside (on the CPU; CUDA reports it later).

    Example:
        >>> take(torch.tensor([10, 20, 30]), [2, -3])
        tensor([30, 10])
    """
    x = convert_to_tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = normalize_axis(axis, x.ndim)
    if isinstance(indices, (int, np.integer)):
        return torch.select(x, axis, int(indices))
    indices = _as_indices(indices, x.shape[axis]).to(x.device)
    # index_select has the quicker backward pass of the two ways to index in torch.
    taken = torch.index_select(x, axis, indices.reshape(-1))
    return taken if indices.ndim == 1 else taken.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1 :])


def _take_along_axis_spec(x: Any, indices: Any, axis: int | None = None) -> KerasTensor:
    x_shape, indices_shape = static_shape(x), static_shape(indices)
    if axis is None:
        return KerasTensor(indices_shape, x.dtype)
    axis = normalize_axis(axis, len(x_shape))
    if len(x_shape) != len(indices_shape):
        raise ValueError(
            f"`x` and `indices` must have as many axes. Received: x.shape={x_shape}, indices.shape={indices_shape}"
        )
    shape = list(
        broadcast_shapes(
            (*x_shape[:axis], 1, *x_shape[axis + 1 :]), (*indices_shape[:axis], 1, *indices_shape[axis + 1 :])
        )
    )
    shape[axis] = indices_shape[axis]
    return KerasTensor(shape, standardize_dtype(x.dtype))


@operation(output_spec=_take_along_axis_spec)
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> torch.Tensor:
    """Elements at ``indices`` along an axis, each from the line that it belongs to.

    Args:
        x: Tensor of any shape.
        indices: Integers that broadcast with ``x`` except along the axis; negative ones count from the end.
        axis: Axis along which to look; None for the flattened tensor.

    Raises:
        ValueError: the axis does not exist.

    Example:
        >>> take_along_axis(torch.tensor([[3, 1], [5, 9]]), torch.tensor([[1], [0]]), axis=1)
        tensor([[1],
                [5]])
    """
    x = convert_to_tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
        indices = convert_to_tensor(indices).reshape(-1)
    axis = normalize_axis(axis, x.ndim)
    return torch.take_along_dim(x, _as_indices(indices, x.shape[axis]).to(x.device), dim=axis)


def _get_item_spec(x: KerasTensor, key: Any) -> KerasTensor:
    keys = key if isinstance(key, tuple) else (key,)
    if sum(k is Ellipsis for k in keys) > 1:
        raise ValueError(f"An index may hold one ellipsis. Received: key={key}")
    used = sum(k is not None and k is not Ellipsis for k in keys)
    if used > x.ndim:
        raise ValueError(f"Too many indices: {used} for a tensor of {x.ndim} dimensions. Received: key={key}")
    if not any(k is Ellipsis for k in keys):
        keys = (*keys, Ellipsis)
    sizes: list[int | None] = list(x.shape)
    shape: list[int | None] = []
    for k in keys:
        if k is None:
            shape.append(1)
        elif k is Ellipsis:
            shape.extend(sizes.pop(0) for _ in range(len(sizes) - _axes_after(keys)))
        elif isinstance(k, slice):
            size = sizes.pop(0)
            start, stop, step = (None if isinstance(s, KerasTensor) else s for s in (k.start, k.stop, k.step))
            if size is None or (start, stop, step) != (k.start, k.stop, k.step):
                shape.append(None)
            else:
                shape.append(len(range(*slice(start, stop, step).indices(size))))
        elif isinstance(k, (int, np.integer)):
            size = sizes.pop(0)
            if size is not None and not -size <= k < size:
                raise ValueError(f"Index {k} is out of bounds for an axis of size {size}. Received: key={key}")
        else:
            return _advanced_spec(x, key)
    return KerasTensor(shape, x.dtype)


def _axes_after(keys: Sequence[Any]) -> int:
    return sum(k is not None for k in keys[[k is Ellipsis for k in keys].index(True) + 1 :])


def _advanced_spec(x: KerasTensor, key: Any) -> KerasTensor:
    """Index by arrays: the indices of one array replace one axis, which is what torch would say on the meta device."""
    keys = key if isinstance(key, tuple) else (key,)
    trials = []
    for unknown in (240, 480):
        data = probe(x, [unknown if s is None else s for s in x.shape])
        trials.append(
            data[
                tuple(
                    probe(k, [unknown if s is None else s for s in static_shape(k)]) if hasattr(k, "shape") else k
                    for k in keys
                )
            ]
        )
    return KerasTensor([a if a == b else None for a, b in zip(trials[0].shape, trials[1].shape, strict=True)], x.dtype)


def _get_item_any_spec(x: Any, key: Any) -> KerasTensor:
    return _get_item_spec(
        x if isinstance(x, KerasTensor) else KerasTensor(static_shape(x), convert_to_tensor(x).dtype), key
    )


@operation(output_spec=_get_item_any_spec)
def get_item(x: Any, key: Any) -> torch.Tensor:
    """``x[key]`` with NumPy's indices: ints, slices, an ellipsis, None for a new axis, tensors.

    Raises:
        ValueError: with a symbolic ``x``, an index out of bounds or too many of them.
        IndexError: with a tensor, likewise.

    Example:
        >>> get_item(torch.tensor([[1, 2], [3, 4]]), (slice(None), 1))
        tensor([2, 4])
    """
    return _with_forward_steps(convert_to_tensor(x), key)


def _with_forward_steps(x: torch.Tensor, key: Any) -> torch.Tensor:
    """Return ``x[key]``, with the slices of negative step, which torch does not know, selected beforehand."""
    keys = key if isinstance(key, tuple) else (key,)
    if not any(isinstance(k, slice) and isinstance(k.step, int) and k.step < 0 for k in keys):
        return x[key]
    position = [k is Ellipsis for k in keys].index(True) if any(k is Ellipsis for k in keys) else len(keys)
    forward = list(keys)
    for i, k in enumerate(keys):
        if isinstance(k, slice) and isinstance(k.step, int) and k.step < 0:
            passed = [other for other in (keys[:i] if i < position else keys[i:]) if other is not None]
            axis = len(passed) if i < position else x.ndim - len(passed)
            x = torch.index_select(x, axis, torch.tensor(range(x.shape[axis])[k], device=x.device))
            forward[i] = slice(None)
    return x[tuple(forward)]


def _where_spec(condition: Any, x1: Any = None, x2: Any = None) -> KerasTensor:
    _check_both(x1, x2)
    if x1 is None:
        return KerasTensor((len(static_shape(condition)), None), "int64")
    dtype = as_pair(probe(x1), probe(x2))[0].dtype
    return KerasTensor(broadcast_shapes(*map(static_shape, (condition, x1, x2))), standardize_dtype(dtype))


def _check_both(x1: Any, x2: Any) -> None:
    if (x1 is None) != (x2 is None):
        raise ValueError(
            f"`x1` and `x2` either both should be `None` or both should have non-None value. Received: x1={x1}, x2={x2}"
        )


@operation(output_spec=_where_spec)
def where(condition: Any, x1: Any = None, x2: Any = None) -> torch.Tensor:
    """``x1`` where the condition holds, else ``x2``; without them, where it holds.

    Args:
        condition: Booleans, or numbers that count as true unless 0.
        x1: Values, which broadcast with the condition.
        x2: Values, likewise.

    Returns:
        The chosen values; or, without ``x1`` and ``x2``, an int64 tensor with one row of indices for each axis.

    Raises:
        ValueError: one of ``x1`` and ``x2`` is given without the other.

    Example:
        >>> where(torch.tensor([True, False]), torch.tensor([1, 2]), 0), where(torch.tensor([0, 5]))
        (tensor([1, 0]), tensor([[1]]))
    """
    _check_both(x1, x2)
    condition = as_bool(condition)
    if x1 is None:
        return torch.stack(torch.where(condition))
    x1, x2 = as_pair(x1, x2)
    return torch.where(condition, x1, x2)


def _nonzero_spec(x: Any) -> tuple[KerasTensor, ...]:
    return tuple(KerasTensor((None,), "int32") for _ in static_shape(x))


@operation(output_spec=_nonzero_spec)
def nonzero(x: Any) -> tuple[torch.Tensor, ...]:
    """Indices of the elements that are not zero, one int32 tensor for each axis.

    Example:
        >>> nonzero(torch.tensor([[0, 3], [4, 0]]))
        (tensor([0, 1], dtype=torch.int32), tensor([1, 0], dtype=torch.int32))
    """
    return tuple(indices.to(torch.int32) for indices in torch.nonzero(convert_to_tensor(x), as_tuple=True))


def _select_spec(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> KerasTensor:
    shapes = [static_shape(x) for x in (*condlist, *choicelist, default)]
    dtype = as_pair(*[probe(x) for x in (*choicelist, default)])[0].dtype
    return KerasTensor(broadcast_shapes(*shapes), standardize_dtype(dtype))


@operation(output_spec=_select_spec)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> torch.Tensor:
    """Elements of the first choice whose condition holds, ``default`` where none does.

    Args:
        condlist: Boolean tensors, in the order in which they count.
        choicelist: As many tensors to choose from.
        default: What stands where no condition holds.

    Raises:
        ValueError: the two lists are empty, or differ in length.

    Example:
        >>> x = torch.arange(4)
        >>> select([x < 1, x > 2], [x - 1, x * 2], 5)
        tensor([-1,  5,  5,  6])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            "`select` needs one choice for each condition. "
            f"Received: {len(condlist)} conditions, {len(choicelist)} choices"
        )
    *choices, result = as_pair(*choicelist, default)
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        result = torch.where(as_bool(condition), choice, result)
    return result


@operation
def unravel_index(indices: Any, shape: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Indices into a tensor of ``shape`` for indices into it flattened, one tensor for each axis.

    Args:
        indices: Integers of any shape, negative ones counted from the end.
        shape: Shape of the tensor that was flattened.

    Example:
        >>> unravel_index(torch.tensor([5]), (2, 3))
        (tensor([1]), tensor([2]))
    """
    indices = convert_to_tensor(indices)
    total = 1
    for size in shape:
        total *= size
    indices = torch.where(indices < 0, indices + total, indices)
    parts = []
    for size in reversed(tuple(shape)):
        parts.append(torch.remainder(indices, size).to(indices.dtype))
        indices = torch.div(indices, size, rounding_mode="floor")
    return tuple(reversed(parts))
