"""What layers in float8 need: the scale, from the largest magnitudes of recent steps, and the rounding to float8."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def compute_float8_scale(amax: Any, scale: Any, dtype_max: Any, margin: float = 0) -> torch.Tensor:
    """``amax / dtype_max * 2**margin``; the scale before, where ``amax`` is not positive or not finite.

    Args:
        amax: Largest magnitude.
        scale: Scale before.
        dtype_max: Largest number of the float8 dtype, 448 for e4m3fn and 57344 for e5m2.
        margin: Powers of two that are left free above ``amax``.

    Example:
        >>> compute_float8_scale(224.0, 1.0, 448.0), compute_float8_scale(0.0, 2.0, 448.0)
        (tensor(0.5000), tensor(2.))

    Source: the scales of NVIDIA's Transformer Engine, whose inverse Keras keeps.
    """
    amax, scale = convert_to_tensor(amax), convert_to_tensor(scale)
    if not isinstance(dtype_max, torch.Tensor):
        dtype_max = torch.full_like(amax, dtype_max, dtype=amax.dtype if amax.is_floating_point() else torch.float32)
    inverse = (dtype_max / amax) / (2**margin)
    inverse = torch.where((amax > 0) & torch.isfinite(amax), inverse, torch.reciprocal(scale))
    return torch.reciprocal(inverse)


@operation
def compute_float8_amax_history(x: Any, amax_history: Any) -> torch.Tensor:
    """Return the history moved on by a step: the largest magnitude of ``x`` first, the one before it last.

    Args:
        x: Tensor, not empty.
        amax_history: ``(steps,)``; stays as it is.

    Example:
        >>> compute_float8_amax_history(torch.tensor([-9.0, 1.0]), torch.tensor([1.0, 2.0, 3.0]))
        tensor([9., 3., 1.])
    """
    x, history = convert_to_tensor(x).detach(), convert_to_tensor(amax_history)
    history = torch.roll(history, -1)
    history[0] = x.abs().amax()
    return history


@operation
def quantize_and_dequantize(inputs: Any, scale: Any, quantized_dtype: Any, compute_dtype: Any) -> torch.Tensor:
    """``clip(inputs / scale)``, rounded to float8, times ``scale``: what is left of the inputs in float8.

    The gradient passes where nothing is clipped, and is rounded to float8, too.

    Args:
        inputs: Floating point.
        scale: Scalar.
        quantized_dtype: ``"float8_e4m3fn"``, ``"float8_e5m2"`` or another dtype of floats.
        compute_dtype: Dtype of the result.

    Raises:
        ValueError: ``quantized_dtype`` is not a dtype of floats.

    Example:
        >>> quantize_and_dequantize(torch.tensor([1.0, 1.05, 500.0]), 1.0, "float8_e4m3fn", "float32")
        tensor([  1.,   1., 448.])

    Source: Micikevicius et al. 2022.
    """
    quantized, compute = to_torch_dtype(quantized_dtype), to_torch_dtype(compute_dtype)
    if not quantized.is_floating_point:
        raise ValueError(
            f"`quantized_dtype` must be one of floats, such as 'float8_e4m3fn'. Received: {quantized_dtype!r}"
        )
    inputs, scale = convert_to_tensor(inputs), convert_to_tensor(scale, compute)
    limit = torch.finfo(quantized).max
    return (inputs / scale).clamp(-limit, limit).to(quantized).to(compute) * scale
