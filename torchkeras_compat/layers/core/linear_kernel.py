"""The product of a `torch.nn.Linear` by the faster of torch's two libraries.

torch multiplies float32 matrices on the CPU by MKL, which on processors of AMD takes twice the time of oneDNN, the
library that torch has for convolutions. Nothing else changes; the last bits of sums may.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.autograd import forward_ad
from torch.nn.modules import module as torch_module

from torchkeras_compat.module_hooks import HOOKS_OF_CALLS

# Products of fewer multiplications take as long to start as to compute.
_ENOUGH = 4_000_000
_WIDE = 512  # with fewer weights, a product of that size has 8,000 rows


def prefers_onednn() -> bool:
    """Return whether this processor is one on which MKL is slow, and torch has oneDNN."""
    libraries: Any = torch.backends
    if not (libraries.mkldnn.is_available() and libraries.mkl.is_available()):
        return False
    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        return False
    try:
        with open("/proc/cpuinfo") as file:
            first = file.read(2000)  # of the first core
    except OSError:  # another system than Linux
        return False
    return "AuthenticAMD" in first and hasattr(torch.ops.mkldnn, "_linear_pointwise")


PREFERS_ONEDNN = prefers_onednn()


def is_wide(features: int, units: int) -> bool:
    """Return whether a layer has weights enough for :func:`linear` to be asked in each call."""
    return PREFERS_ONEDNN and features * units >= _WIDE


def linear(module: Any, inputs: torch.Tensor) -> torch.Tensor:
    """Return ``module(inputs)``, for a `torch.nn.Linear` by the faster library.

    Args:
        module: A `torch.nn.Linear`, or what stands in its place.
        inputs: Shape ``(batch, ..., features)``.
    """
    if (
        PREFERS_ONEDNN
        and not torch.compiler.is_compiling()  # first: a graph would hold what the sizes are compared with
        and type(inputs) is torch.Tensor
        and type(module) is nn.Linear
        and inputs.numel() * module.out_features >= _ENOUGH
        and inputs.dtype is torch.float32 is module.weight.dtype
        and inputs.device.type == "cpu"
        and _is_plain(module)
    ):
        return _product(inputs, module.weight, module.bias)
    outputs: torch.Tensor = module(inputs)
    return outputs


def _is_plain(module: nn.Linear) -> bool:
    return not (
        any(module.__dict__[name] for name in HOOKS_OF_CALLS)
        or "forward" in module.__dict__
        or torch.is_autocast_enabled("cpu")
        or torch._C._are_functorch_transforms_active()
        or torch._C._get_tracing_state() is not None
        or forward_ad._current_level >= 0
        or torch_module._global_forward_hooks
        or torch_module._global_forward_pre_hooks
        or not torch.backends.mkldnn.enabled
    )


def _product(a: torch.Tensor, b: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """Return ``a @ b.T + bias``."""
    found: torch.Tensor
    if bias is not None:
        bias = bias.contiguous()  # oneDNN takes its memory as it lies
    if torch.is_grad_enabled():
        found = _Product.apply(a, b, bias)  # type: ignore[no-untyped-call]
    else:
        found = torch.ops.mkldnn._linear_pointwise(a, b, bias, "none", [], "")
    return found


class _Product(torch.autograd.Function):
    """``a @ b.T + bias``, with gradients of any order."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(a, b)
        found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(a, b, bias, "none", [], "")
        return found

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        a, b = ctx.saved_tensors
        of_a, of_b, of_bias = ctx.needs_input_grad
        rows = gradient.reshape(-1, gradient.shape[-1])
        found_b = None
        if of_b:
            inputs = a.reshape(-1, a.shape[-1])
            # oneDNN is slow at long sums of few numbers.
            is_long = 4 * len(rows) > b.numel()
            found_b = rows.mT @ inputs if is_long else _product(rows.mT, inputs.mT)
        return _product(gradient, b.mT) if of_a else None, found_b, rows.sum(0) if of_bias else None
