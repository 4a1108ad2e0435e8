"""The torch module that multiplies with a kernel in low-bit form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.stored import StoredWeight
from torchkeras_compat.layouts import Layout


class QuantizedProduct(nn.Module):
    """The product with a kernel of int8 or int4, plus a bias.

    Args:
        contraction: Which axes are summed.
        weight: The kernel.
        bias: Parameter, or None.
        bias_layout: How it corresponds to Keras's bias.
        input_quantizer: ``input_quantizer(x, axis=...)`` returns integers and scale of the inputs; None for products
            of floats.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        contraction: Contraction,
        weight: StoredWeight,
        bias: nn.Parameter | None,
        bias_layout: Layout,
        input_quantizer: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        self.contraction = contraction
        self.weight = weight
        self.register_parameter("bias", bias)
        self.bias_layout = bias_layout
        self.input_quantizer = input_quantizer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product."""
        x = multiply_quantized(self.contraction, x, self.weight, self.input_quantizer)
        return x if self.bias is None else x + self.bias_layout.to_keras(self.bias).to(x.dtype)


def multiply_quantized(
    contraction: Contraction, x: torch.Tensor, weight: StoredWeight, input_quantizer: Callable[..., Any] | None
) -> torch.Tensor:
    """Return the product of inputs with a kernel in low-bit form, in the dtype of the inputs.

    Args:
        contraction: Which axes are summed.
        x: Inputs, floating point.
        weight: The kernel.
        input_quantizer: See `QuantizedProduct`. Gradients pass by it as if it did not round.
    """
    if input_quantizer is None:
        return contraction.multiply(x, weight.dequantize().to(x.dtype))
    integers, scale = input_quantizer(x.detach(), axis=contraction.input_axes)
    if weight.zero is not None or (x.requires_grad and torch.is_grad_enabled()):
        rounded = integers / scale
        rounded = x + (rounded - x).detach() if x.requires_grad else rounded
        return contraction.multiply(rounded, weight.dequantize().to(x.dtype))
    scales = contraction.align_input_scale(scale) * contraction.align_kernel_scale(weight.kernel_scale())
    return contraction.multiply_integers(integers, weight.integers(), x.dtype) / scales
