"""The torch module of `EinsumDense`."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Einsum(nn.Module):
    """``einsum(equation, inputs, weight) + bias``.

    Args:
        equation: As in `EinsumDense`.
        kernel_shape: Shape of the weight.
        bias_shape: Shape of the bias; None for none.
        device: Device of both.
        dtype: Dtype of both.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        equation: str,
        kernel_shape: tuple[int, ...],
        bias_shape: tuple[int, ...] | None = None,
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.equation = equation
        self.weight = nn.Parameter(torch.empty(kernel_shape, device=device, dtype=dtype))
        bias = None if bias_shape is None else nn.Parameter(torch.empty(bias_shape, device=device, dtype=dtype))
        self.register_parameter("bias", bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product."""
        x = torch.einsum(self.equation, x, self.weight)
        return x if self.bias is None else x + self.bias

    def extra_repr(self) -> str:
        """Return the equation and the shape of the weight."""
        return f"{self.equation!r}, kernel_shape={tuple(self.weight.shape)}, bias={self.bias is not None}"
