"""Rounding as quantized models do it, in floating point: steps of models that files hold (`tf.quantization`)."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import floats
from torchkeras_compat.quantizers.fake_quant import fake_quant_with_min_max_vars as _rounded
from torchkeras_compat.symbolic.operation import plain


@tensor_function
def fake_quant_with_min_max_args(
    inputs: Any,
    min: float = -6,
    max: float = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> torch.Tensor:
    """Return the inputs, rounded to one of ``2**num_bits`` values between two bounds.

    Raises:
        ValueError: ``num_bits`` leaves no step.

    Example:
        >>> fake_quant_with_min_max_args(torch.tensor([-2.0, 0.1, 9.0]), -1.0, 2.0, num_bits=2).numpy()
        array([-1.,  0.,  2.], dtype=float32)
    """
    found: torch.Tensor = plain(_rounded)(floats(inputs, "quantization"), min, max, num_bits, narrow_range)
    return found


@tensor_function
def fake_quant_with_min_max_vars(
    inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return :func:`fake_quant_with_min_max_args` with bounds that may be tensors, each of one number.

    Raises:
        ValueError: ``num_bits`` leaves no step, or the bounds are not numbers.
    """
    found: torch.Tensor = plain(_rounded)(floats(inputs, "quantization"), min, max, num_bits, narrow_range)
    return found


@tensor_function
def fake_quant_with_min_max_vars_per_channel(
    inputs: Any, min: Any, max: Any, num_bits: int = 8, narrow_range: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return :func:`fake_quant_with_min_max_args` with bounds for each index of the last axis.

    Raises:
        ValueError: ``num_bits`` leaves no step, or the bounds are not of that size.
    """
    found: torch.Tensor = plain(_rounded)(floats(inputs, "quantization"), min, max, num_bits, narrow_range, -1)
    return found
