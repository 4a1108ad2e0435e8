"""Fake quantization, for training that knows of the rounding to come."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def fake_quant_with_min_max_vars(
    inputs: Any,
    min_vals: Any,
    max_vals: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    axis: int | None = None,
) -> torch.Tensor:
    """Round to one of the equal steps between two bounds, and stay in floating point.

    ``floor((clip(inputs, low, high) - low) / step + 0.5) * step + low`` with ``step = (max - min) / steps``, where
    ``low`` and ``high`` are the bounds, moved by less than a step so that 0 is one of the values. The gradient with
    respect to the inputs is that of ``clip``; what is clipped passes its gradient to the bound, and so does what is
    equal to it, as in Keras. Where both bounds are the same, the result is 0 (NaN in Keras).

    Args:
        inputs: Tensor of any shape.
        min_vals: Lower bound: a number, or one for each index along ``axis``.
        max_vals: Upper bound, of the same shape.
        num_bits: Bits of a value: there are ``2**num_bits - 1`` steps.
        narrow_range: Whether there is a step less, as in [-127, 127] for 8 bits.
        axis: Axis of the bounds if there are several; None for the last.

    Returns:
        A tensor of the shape and dtype of ``inputs``, computed in float32, or float64 for such inputs.

    Raises:
        ValueError: ``num_bits`` leaves no step, ``axis`` does not exist, or the bounds are not of its size.

    Example:
        >>> fake_quant_with_min_max_vars(torch.tensor([-2.0, 0.1, 0.6, 9.0]), -1.0, 2.0, num_bits=2)
        tensor([-1.,  0.,  1.,  2.])

    Source: TensorFlow's operations FakeQuantWithMinMaxVars and FakeQuantWithMinMaxVarsPerChannel.
    """
    inputs = convert_to_tensor(inputs)
    least, steps = _steps(num_bits, narrow_range)
    dtype = torch.float64 if inputs.dtype is torch.float64 else torch.float32
    x = inputs.to(dtype)
    lowest, highest = (
        _along_axis(convert_to_tensor(bound).to(x.device, dtype), axis, inputs.shape) for bound in (min_vals, max_vals)
    )
    rounded: torch.Tensor = _FakeQuantization.apply(x, lowest, highest, least, steps)  # type: ignore[no-untyped-call]
    return rounded.to(inputs.dtype)


class _FakeQuantization(torch.autograd.Function):
    """The rounding, with the gradient of a clip to the bounds that it moves."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, lowest: torch.Tensor, highest: torch.Tensor, least: int, steps: int
    ) -> torch.Tensor:
        span = highest - lowest
        step = span / steps
        per_unit = torch.full_like(span, steps) / torch.where(span == 0, 1, span)
        zero = torch.round(least - lowest / torch.where(step == 0, 1, step)).clamp(least, least + steps)
        low, high = (least - zero) * step, (least + steps - zero) * step
        ctx.save_for_backward(x, low, high)
        ctx.shapes = lowest.shape, highest.shape
        return (torch.floor((x.clamp(low, high) - low) * per_unit + 0.5) + (least - zero)) * step

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,), (x, low, high) = gradients, ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return (
            gradient * ((x >= low) & (x <= high)) if wanted[0] else None,
            (gradient * (x <= low)).sum_to_size(ctx.shapes[0]) if wanted[1] else None,
            (gradient * (x >= high)).sum_to_size(ctx.shapes[1]) if wanted[2] else None,
            None,
            None,
        )


_MOST_BITS = 64


def _steps(num_bits: Any, narrow_range: bool) -> tuple[int, int]:
    """Return the least integer and the number of steps."""
    least = int(bool(narrow_range))
    # More have no meaning in floats, and the number of steps would have as many digits as a file likes.
    if int(num_bits) != num_bits or num_bits > _MOST_BITS or 2 ** int(num_bits) - 1 <= least:
        raise ValueError(
            "`num_bits` must be a whole number of bits, 2 to 64, or 1 with the whole range. Received:"
            f" num_bits={num_bits!r}, narrow_range={narrow_range!r}"
        )
    return least, 2 ** int(num_bits) - 1 - least


def _along_axis(bound: torch.Tensor, axis: int | None, shape: torch.Size) -> torch.Tensor:
    """Return bounds, one for each index along the axis, as they broadcast to a tensor of this shape."""
    if axis is None or not shape:
        return bound
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"`axis` {axis} is not one of an input of shape {tuple(shape)}.")
    if bound.ndim != 1 or len(bound) == 1:
        return bound
    if len(bound) != shape[axis]:
        raise ValueError(
            f"There must be one bound for each of the {shape[axis]} indices along axis {axis} of an input of shape"
            f" {tuple(shape)}. Received: {len(bound)}"
        )
    return bound.reshape([-1 if i == axis % len(shape) else 1 for i in range(len(shape))])
