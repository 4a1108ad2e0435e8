"""Training with products of float8: scales follow the largest values of recent steps."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.contraction import Contraction, without_autocast
from torchkeras_compat.layers.adaptation.lora import LowRankProduct
from torchkeras_compat.layouts import Layout
from torchkeras_compat.quantizers.float8 import (
    compute_float8_amax_history,
    compute_float8_scale,
    quantize_and_dequantize,
)

FORWARD, BACKWARD = torch.float8_e4m3fn, torch.float8_e5m2
ROLES = ("inputs", "kernel", "outputs_grad")


class Float8Product(nn.Module):
    """The product of a module, of inputs and kernel rounded to e4m3fn; gradients of the result to e5m2.

    New scales and histories are computed in the backward pass and come as the gradients of the old ones: an optimizer
    sets those, `Variable.overwrite_with_gradient`, to what it finds there.

    Args:
        base_layer: Module with the kernel, in full precision, and the bias; or a `LowRankProduct` around it.
        contraction: Which axes are summed.
        kernel_layout: How its weight corresponds to Keras's kernel.
        bias_layout: How its bias corresponds to Keras's.
        history_length: Number of steps whose largest values are kept.

    Source: Micikevicius et al. 2022; NVIDIA Transformer Engine, delayed scaling.
    """

    def __init__(
        self,
        base_layer: nn.Module,
        contraction: Contraction,
        kernel_layout: Layout,
        bias_layout: Layout,
        history_length: int = 1024,
    ) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.contraction = contraction
        self.kernel_layout = kernel_layout
        self.bias_layout = bias_layout
        device = next(base_layer.parameters()).device
        for role in ROLES:
            self.register_parameter(f"{role}_scale", nn.Parameter(torch.ones((), device=device)))
            history = torch.zeros(history_length, device=device)
            self.register_parameter(f"{role}_amax_history", nn.Parameter(history))

    def _state(self, role: str) -> tuple[torch.Tensor, torch.Tensor]:
        return getattr(self, f"{role}_scale"), getattr(self, f"{role}_amax_history")

    def _weights(self, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return kernel, in Keras's layout, and bias."""
        module: Any = self.base_layer
        added = None
        if isinstance(module, LowRankProduct):
            module, added = module.base_layer, module.delta()
        kernel = self.kernel_layout.to_keras(module.weight)
        bias = None if module.bias is None else self.bias_layout.to_keras(module.bias)
        return (kernel if added is None else kernel + added).to(dtype), bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product, in the dtype of the inputs."""
        dtype = x.dtype
        kernel, bias = self._weights(dtype)
        x = _RoundForward.apply(x, *self._state("inputs"), self.training)  # type: ignore[no-untyped-call]
        kernel = _RoundForward.apply(kernel, *self._state("kernel"), self.training)  # type: ignore[no-untyped-call]
        with without_autocast(x):  # the inputs have the compute dtype already
            x = self.contraction.multiply(x, kernel)
        x = _RoundBackward.apply(x, *self._state("outputs_grad"), self.training)  # type: ignore[no-untyped-call]
        if bias is None:
            return x
        bias = bias.to(dtype)
        if dtype is torch.float32:  # float8 kernels on GPUs add a bias of half precision
            bias = bias.to(torch.bfloat16).to(dtype)
        return x + bias


class _RoundForward(torch.autograd.Function):
    """Values rounded to float8; the gradient passes as it is."""

    @staticmethod
    def forward(ctx: Any, x: Any, scale: Any, history: Any, training: bool) -> Any:
        ctx.training = training
        ctx.save_for_backward(*(_next_state(x, scale, history, FORWARD) if training else ()))
        return quantize_and_dequantize(x, scale, FORWARD, x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        return (gradient, *(ctx.saved_tensors or (None, None)), None)


class _RoundBackward(torch.autograd.Function):
    """Values as they are; the gradient rounded to float8."""

    @staticmethod
    def forward(ctx: Any, x: Any, scale: Any, history: Any, training: bool) -> Any:
        ctx.training = training
        ctx.save_for_backward(scale, history)
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        scale, history = ctx.saved_tensors
        state = _next_state(gradient, scale, history, BACKWARD) if ctx.training else (None, None)
        return (quantize_and_dequantize(gradient, scale, BACKWARD, gradient.dtype), *state, None)


def _next_state(x: Any, scale: Any, history: Any, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the scale that the history asks for, and the history with the largest value of now."""
    new = compute_float8_scale(history.amax(), scale, torch.finfo(dtype).max)
    return new, compute_float8_amax_history(x, history)
