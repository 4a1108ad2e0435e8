"""Tensors of torch as arrays of JAX and back, and functions of JAX as a step of torch's backward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from torchkeras_compat.layers.foreign.libraries import library


def jax_module(layer: str) -> Any:
    """Return JAX for a layer of this class."""
    return library("jax", layer, "pip install jax")


def to_jax(tensor: torch.Tensor) -> Any:
    """Return a copy of a tensor as an array of JAX, on JAX's default device."""
    jax = jax_module("JaxLayer")
    tensor = tensor.detach().cpu().contiguous()
    if tensor.dtype is torch.bfloat16:  # which NumPy has not
        return jax.numpy.array(tensor.view(torch.int16).numpy().view(jax.numpy.bfloat16))
    return jax.numpy.array(tensor.numpy())


def to_torch(array: Any, device: torch.device) -> torch.Tensor:
    """Return a copy of an array of JAX as a tensor."""
    found = np.asarray(array)
    if found.dtype.name == "bfloat16":
        return torch.from_numpy(found.view(np.int16).copy()).view(torch.bfloat16).to(device)
    return torch.from_numpy(np.array(found)).to(device)


class JaxFunction(torch.autograd.Function):
    """``function(*tensors)`` in JAX, whose gradients are those of ``jax.vjp``.

    The function takes arrays and returns a pair of lists: arrays of floats, whose gradients flow, and others. The
    tensors are of floats. Gradients of gradients are refused by torch.
    """

    @staticmethod
    def forward(
        ctx: Any, function: Callable[..., tuple[list[Any], list[Any]]], device: torch.device, *tensors: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Compute, and keep what the backward pass needs where there will be one."""
        arrays = [to_jax(t) for t in tensors]
        if any(ctx.needs_input_grad):
            floats, backward, others = jax_module("JaxLayer").vjp(function, *arrays, has_aux=True)
            ctx.backward_of_jax = backward
            ctx.dtypes = [a.dtype for a in floats]
            ctx.devices = [t.device for t in tensors]
        else:
            floats, others = function(*arrays)
        ctx.float_count = len(floats)
        outputs = tuple(to_torch(a, device) for a in (*floats, *others))
        ctx.mark_non_differentiable(*outputs[len(floats) :])
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[Any, ...]:
        """Return the gradient of each tensor."""
        given = [to_jax(g).astype(d) for g, d in zip(gradients[: ctx.float_count], ctx.dtypes, strict=True)]
        found: Sequence[Any] = ctx.backward_of_jax(given)
        return (None, None, *(to_torch(g, device) for g, device in zip(found, ctx.devices, strict=True)))
