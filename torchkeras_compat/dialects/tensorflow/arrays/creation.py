"""Tensors made of a few numbers: identities, one-hot vectors, masks, evenly spaced numbers."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow import known_values
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axis_of, integer, is_tensor, operands, sizes, tensor
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@tensor_function
def eye(
    num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return identity matrices ``(*batch_shape, num_rows, num_columns)``.

    Raises:
        InvalidArgumentError: a size is negative.
    """
    rows = integer(num_rows, "num_rows")
    columns = rows if num_columns is None else integer(num_columns, "num_columns")
    found = torch.eye(rows, columns, dtype=to_torch_dtype(dtype), device=current_device())
    return found if batch_shape is None else found.expand(*sizes(batch_shape), rows, columns).clone()


@tensor_function
def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return ``on_value`` at the place that each index names along a new axis, else ``off_value``.

    Args:
        indices: Integers; one outside ``[0, depth)`` gives ``off_value`` everywhere.
        depth: Size of the new axis.
        on_value: 1 by default.
        off_value: 0 by default.
        axis: Where the new axis stands, -1 for the last.
        dtype: Dtype of the result; None for that of the values, or float32.
        name: Not used.

    Raises:
        TypeError: the values have different dtypes, or another one than ``dtype``.
        InvalidArgumentError: ``axis`` lies outside.
    """
    index, count = tensor(indices), integer(depth, "depth")
    if index.is_floating_point():
        raise InvalidArgumentError(f"`indices` must be integers. Received dtype {index.dtype}.")
    wanted = None if dtype is None else to_torch_dtype(dtype)
    given = [tensor(v) for v in (on_value, off_value) if v is not None]
    if wanted is None:
        wanted = given[0].dtype if given else torch.float32
    for value in given:
        if value.dtype is not wanted:
            raise TypeError(f"`on_value` and `off_value` must have one dtype, {wanted}. Received: {value.dtype}")
    at = axis_of(-1 if axis is None else axis, index.ndim + 1)
    places = torch.arange(count, device=index.device).reshape([-1 if i == at else 1 for i in range(index.ndim + 1)])
    hot = index.to(torch.int64).unsqueeze(at) == places
    if not given:
        return hot.to(wanted)
    on, off = (
        torch.scalar_tensor(fallback, dtype=wanted, device="cpu") if value is None else tensor(value)
        for value, fallback in ((on_value, 1), (off_value, 0))
    )
    return torch.where(hot, on, off)


def _mask_spec(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: str | None = None) -> Any:
    """Where the largest length says how long the mask is, that is open."""
    if maxlen is None or (isinstance(maxlen, KerasTensor) and known_values.known_sizes([maxlen]) is None):
        return KerasTensor((*static_shape(lengths), None), standardize_dtype(dtype))
    return known_values.infer(sequence_mask.__wrapped__, lengths, maxlen, dtype)  # type: ignore[attr-defined]


@tensor_function(spec=_mask_spec)
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: str | None = None) -> torch.Tensor:
    """Return whether each position lies before the end of its sequence.

    Args:
        lengths: Integers of any shape.
        maxlen: Size of the new last axis; None for the largest length.
        dtype: Dtype of the result.
        name: Not used.

    Raises:
        ValueError: ``maxlen`` has axes.
    """
    ends = tensor(lengths)
    if maxlen is None:
        size = int(ends.max().clamp_min(0)) if ends.numel() else 0
    else:
        if is_tensor(maxlen) and tensor(maxlen).ndim:
            raise ValueError(f"`maxlen` must not have axes. Received shape {tuple(tensor(maxlen).shape)}.")
        size = integer(maxlen, "maxlen")
    return (torch.arange(size, device=ends.device) < ends.unsqueeze(-1)).to(to_torch_dtype(dtype))


@tensor_function
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> torch.Tensor:
    """Return ``num`` evenly spaced numbers from ``start`` to ``stop``, along a new axis; of integers float64.

    Raises:
        InvalidArgumentError: ``num`` is negative.
    """
    first, last = operands(start, stop)
    if not first.is_floating_point():
        first, last = first.to(torch.float64), last.to(torch.float64)
    first, last = torch.broadcast_tensors(first, last)  # type: ignore[no-untyped-call]
    count = integer(num, "num")
    if count < 0:
        raise InvalidArgumentError(f"`num` must not be negative. Received: num={count}")
    at = axis_of(axis, first.ndim + 1)
    steps = torch.arange(count, dtype=first.dtype, device=first.device)
    delta = (last - first) / max(count - 1, 1)
    found = first.unsqueeze(-1) + delta.unsqueeze(-1) * steps
    if count > 1:
        found = torch.cat([found[..., :-1], last.unsqueeze(-1)], -1)
    result: torch.Tensor = found.movedim(-1, at)
    return result


@tensor_function(strings=("input",))
def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> torch.Tensor:
    """Return zeros of the shape of ``input``, of its dtype or another."""
    return torch.zeros_like(tensor(input), dtype=None if dtype is None else to_torch_dtype(dtype))


@tensor_function
def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> torch.Tensor:
    """Return ones of the shape of ``input``, of its dtype or another."""
    return torch.ones_like(tensor(input), dtype=None if dtype is None else to_torch_dtype(dtype))
