"""Parts of tensors cut out by position."""

from __future__ import annotations

import builtins
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow import known_values
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import integer, sizes, tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@tensor_function(strings=("input_",))
def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> torch.Tensor:
    """Return ``size[i]`` elements from ``begin[i]`` on along each axis; size -1 for all that remain.

    Raises:
        InvalidArgumentError: the part does not lie within the tensor, or an axis has no entry.
    """
    x, starts, lengths = tensor(input_), sizes(begin, "begin"), sizes(size, "size")
    if not len(starts) == len(lengths) == x.ndim:
        raise InvalidArgumentError(
            f"`begin` and `size` need one entry for each of {x.ndim} axes. Received: {starts} and {lengths}"
        )
    stops = [full if n == -1 else start + n for start, n, full in zip(starts, lengths, x.shape)]
    for start, stop, full in zip(starts, stops, x.shape):
        if not 0 <= start <= stop <= full:
            raise InvalidArgumentError(
                f"A part from {starts} of size {lengths} does not lie within shape {tuple(x.shape)}."
            )
    return x[tuple(builtins.slice(start, stop) for start, stop in zip(starts, stops))]


@tensor_function(strings=("input_",))
def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return ``input_[begin:end:strides]`` along the leading axes.

    Bit ``i`` of a mask speaks of entry ``i``: its begin or end is left open; it stands for all axes between, for a new
    axis, or for one element whose axis goes.

    Raises:
        InvalidArgumentError: a stride is 0, or the entries differ in number.
        NotImplementedError: ``var`` is given.
    """
    if var is not None:
        raise NotImplementedError("`tf.strided_slice(var=)` is not supported. Assign to `variable[...]` instead.")
    x, starts, stops = tensor(input_), sizes(begin, "begin"), sizes(end, "end")
    steps = [1] * len(starts) if strides is None else sizes(strides, "strides")
    if not len(starts) == len(stops) == len(steps) or 0 in steps:
        raise InvalidArgumentError(
            f"`begin`, `end` and non-zero `strides` must be equally many. Received: {starts}, {stops}, {steps}"
        )
    keys: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(starts, stops, steps)):
        bit = 1 << i
        if ellipsis_mask & bit:
            keys.append(...)
        elif new_axis_mask & bit:
            keys.append(None)
        elif shrink_axis_mask & bit:
            keys.append(start)
        else:
            keys.append(builtins.slice(None if begin_mask & bit else start, None if end_mask & bit else stop, step))
    return sliced(x, keys)


def _item_spec(x: Any, slice_spec: Any, var: Any = None) -> Any:
    if isinstance(slice_spec, KerasTensor) and slice_spec.dtype == "bool":
        return KerasTensor((None, *x.shape[len(slice_spec.shape) :]), x.dtype)
    return known_values.infer(getitem.__wrapped__, x, slice_spec)  # type: ignore[attr-defined]


@tensor_function(spec=_item_spec)
def getitem(x: Any, slice_spec: Any, var: Any = None) -> torch.Tensor:
    """Return ``x[slice_spec]``, as files of Keras 2 store it.

    Args:
        x: Numbers.
        slice_spec: One index or a list of them: integers, tensors of one, None, an ellipsis, slices as
            ``{"start": 0, "stop": None, "step": 1}``; or a boolean mask.
        var: Kept for TensorFlow's signature.

    Raises:
        InvalidArgumentError: an index does not exist.

    Example:
        >>> getitem([[1, 2], [3, 4]], [{"start": None, "stop": None, "step": -1}, torch.tensor(0)])
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([3, 1], dtype=int32)>
    """
    x = tensor(x)
    if isinstance(slice_spec, torch.Tensor) and slice_spec.dtype is torch.bool:
        found: torch.Tensor = x[slice_spec]
        return found
    keys = slice_spec if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    return sliced(x, [_as_key(key) for key in keys])


def _as_key(key: Any) -> Any:
    if isinstance(key, dict):
        parts = (key["start"], key["stop"], key["step"])
        return builtins.slice(*(None if part is None else integer(part, "slice_spec") for part in parts))
    return key if key is None or key is ... else integer(key, "slice_spec")


def sliced(x: torch.Tensor, keys: list[Any]) -> torch.Tensor:
    """Return ``x[keys]`` for slices, whose steps may be negative, ints, None and an ellipsis."""
    given = builtins.sum(key is not None and key is not ... for key in keys)
    rest = x.ndim - given
    full: list[Any] = []
    for key in keys:
        full.extend([builtins.slice(None)] * rest if key is ... else [key])
    final: list[Any] = []
    axis = 0
    for key in full:
        if key is None:
            final.append(None)
            continue
        if isinstance(key, builtins.slice) and (key.step or 1) < 0:
            positions = range(x.shape[axis])[key]
            x = x.flip(axis)
            key = _mirrored(positions, x.shape[axis]) if len(positions) else builtins.slice(0, 0)
        final.append(key)
        axis += 1
    return x[tuple(final)]


def _mirrored(positions: range, size: int) -> builtins.slice:
    """The slice of a reversed axis that holds these descending positions in their order."""
    return builtins.slice(size - 1 - positions[0], size - positions[-1], -positions.step)
