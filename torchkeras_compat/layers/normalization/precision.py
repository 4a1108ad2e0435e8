"""Half precision: normalization layers compute in float32, and take float32 inputs as they are."""

from __future__ import annotations

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer

HALVES = (torch.float16, torch.bfloat16)


def is_half(layer: Layer) -> bool:
    """Return whether the layer computes in half precision."""
    return layer._compute_torch_dtype in HALVES


def keep_wide_inputs(layer: Layer) -> None:
    """Let a layer of half precision get its inputs as they are: a float32 input must not overflow on its way in."""
    if is_half(layer):
        layer.autocast = False
        layer._takes_integers = True


def in_float32(module: nn.Module, x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return what ``module`` computes in float32, as ``dtype``, whatever the dtypes of its weights and its input."""
    tensors = [*module.named_parameters(), *module.named_buffers()]
    weights = {name: t.float() for name, t in tensors if t.dtype in HALVES}
    x = x.float()
    outputs: torch.Tensor = torch.func.functional_call(module, weights, (x,)) if weights else module(x)
    return outputs.to(dtype)
