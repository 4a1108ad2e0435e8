"""Numbers in even steps: by difference, by count, by ratio."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.broadcasting import broadcast_shapes, probe, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair, weak_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> torch.Tensor:
    """Numbers from ``start`` up to, not including, ``stop``.

    Args:
        start: First number; with ``stop`` None, the end of a range from 0.
        stop: End of the range.
        step: Distance between numbers, 1 by default.
        dtype: Dtype; None for int32, for floatx where an argument is a float, or for int64 where int32 cannot hold one.

    Example:
        >>> arange(3), arange(1, 2, 0.5)
        (tensor([0, 1, 2], dtype=torch.int32), tensor([1.0000, 1.5000]))
    """
    if dtype is None:
        given = [x for x in (start, stop, step) if x is not None]
        dtype = common_dtype(*(weak_dtype(x) or convert_to_tensor(x).dtype for x in given))
        if dtype is torch.int32 and any(type(x) is int and not -(2**31) <= x < 2**31 for x in given):
            dtype = torch.int64
    else:
        dtype = to_torch_dtype(dtype)
    if stop is None:
        start, stop = 0, start
    return torch.arange(start, stop, 1 if step is None else step, dtype=dtype, device=current_device())


def _space_dtype(start: Any, stop: Any, dtype: Any) -> torch.dtype:
    if dtype is not None:
        return to_torch_dtype(dtype)
    return as_pair(probe(start), probe(stop), minimum=float)[0].dtype


def _spaced_shape(start: Any, stop: Any, num: Any, axis: int) -> tuple[int | None, ...]:
    shape = list(broadcast_shapes(static_shape(start), static_shape(stop)))
    shape.insert(axis if axis >= 0 else len(shape) + 1 + axis, int(num))
    return tuple(shape)


def _linspace_spec(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    output = KerasTensor(_spaced_shape(start, stop, num, axis), standardize_dtype(_space_dtype(start, stop, dtype)))
    step = KerasTensor(broadcast_shapes(static_shape(start), static_shape(stop)), output.dtype)
    return (output, step) if retstep else output


@operation(output_spec=_linspace_spec)
def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """``num`` numbers in equal steps from ``start`` to ``stop``.

    Args:
        start: First number, or a tensor of them.
        stop: Last number, or a tensor that broadcasts with ``start``.
        num: How many.
        endpoint: Whether ``stop`` itself is the last of them.
        retstep: Whether to return the step too.
        dtype: Dtype; None for that of ``start`` and ``stop``, a float at least.
        axis: Where the new axis is in the result.

    Returns:
        The numbers, or a tuple of them and of the step.

    Raises:
        ValueError: ``num`` is negative.

    Example:
        >>> linspace(0, 1, 3), linspace(0, 1, 2, endpoint=False)
        (tensor([0.0000, 0.5000, 1.0000]), tensor([0.0000, 0.5000]))
    """
    result, step = _linear(start, stop, num, endpoint, _space_dtype(start, stop, None))
    result = torch.movedim(result, 0, axis)
    if dtype is not None:
        target = to_torch_dtype(dtype)
        result = (result if target.is_floating_point else torch.floor(result)).to(target)
    return (result, step) if retstep else result


def _linear(start: Any, stop: Any, num: Any, endpoint: bool, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the numbers along a new first axis, and the step."""
    num = int(num)
    if num < 0:
        raise ValueError(f"`num` must be a non-negative integer. Received: num={num}")
    start, stop = torch.broadcast_tensors(
        *(x.to(dtype) for x in as_pair(convert_to_tensor(start), convert_to_tensor(stop)))
    )
    steps = num - 1 if endpoint else num
    step = (stop - start) / steps if steps > 0 else torch.full_like(start, float("nan"))
    # float64 (or the dtype, where it is finer than that of half floats) keeps the positions exact.
    position = torch.arange(num, dtype=torch.float32 if dtype.itemsize < 4 else dtype, device=start.device)
    position = position.reshape([-1] + [1] * start.ndim)
    result = (start + position * (step if steps > 0 else 0)).to(dtype)
    if endpoint and num > 1:
        result = torch.cat([result[:-1], stop.unsqueeze(0)])
    return result, step


def _logspace_spec(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> KerasTensor:
    return _linspace_spec(start, stop, num, endpoint, False, dtype, axis)


@operation(output_spec=_logspace_spec)
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> torch.Tensor:
    """``num`` numbers in equal ratios, from ``base ** start`` to ``base ** stop``.

    Args:
        start: Exponent of the first number.
        stop: Exponent of the last number.
        num: How many.
        endpoint: Whether ``base ** stop`` is the last of them.
        base: What is raised.
        dtype: Dtype; None for that of ``start`` and ``stop``, a float at least.
        axis: Where the new axis is in the result.

    Raises:
        ValueError: ``num`` is negative.

    Example:
        >>> logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
    exponents = _linear(start, stop, num, endpoint, _space_dtype(start, stop, None))[0]
    return torch.movedim(base**exponents, 0, axis).to(_space_dtype(start, stop, dtype))


def _geomspace_spec(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> KerasTensor:
    return _linspace_spec(start, stop, num, endpoint, False, dtype, axis)


@operation(output_spec=_geomspace_spec)
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> torch.Tensor:
    """``num`` numbers in equal ratios from ``start`` to ``stop``, which have the same sign.

    Args:
        start: First number, not 0.
        stop: Last number, not 0.
        num: How many.
        endpoint: Whether ``stop`` itself is the last of them.
        dtype: Dtype; None for that of ``start`` and ``stop``, a float at least.
        axis: Where the new axis is in the result.

    Raises:
        ValueError: ``num`` is negative.

    Example:
        >>> geomspace(1, 100, 3)
        tensor([  1.,  10., 100.])
    """
    compute = _space_dtype(start, stop, None)
    start, stop = (x.to(compute) for x in as_pair(convert_to_tensor(start), convert_to_tensor(stop)))
    logarithms = _linear(torch.log10(torch.abs(start)), torch.log10(torch.abs(stop)), num, endpoint, compute)[0]
    result = torch.sign(start) * 10**logarithms
    return torch.movedim(result, 0, axis).to(compute if dtype is None else to_torch_dtype(dtype))
