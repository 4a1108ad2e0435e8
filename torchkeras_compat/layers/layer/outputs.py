"""The outputs of a call: computed in the precision of the policy, cast, and penalized by the activity regularizer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.typing import Tensors

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def precision(layer: Layer) -> contextlib.AbstractContextManager[object]:
    """Return torch's autocast where the policy computes in another dtype than the weights have.

    A layer that does not, called by one that does, computes in its own dtype: autocast is off for it.
    """
    if not layer._is_mixed:
        if not STATE.autocasts or not layer._computes:
            return contextlib.nullcontext()
        return torch.autocast(layer._device_type(), enabled=False)
    kind = layer._device_type()
    if torch.is_autocast_enabled(kind) and torch.get_autocast_dtype(kind) is layer._compute_torch_dtype:
        return contextlib.nullcontext()
    return torch.autocast(kind, dtype=layer._compute_torch_dtype)


def cast_outputs(layer: Layer, outputs: Tensors) -> Tensors:
    """Return the outputs in the compute dtype, unless layers below, of other policies, may have given them theirs."""
    dtype = layer._compute_torch_dtype
    leaves = (outputs,) if isinstance(outputs, torch.Tensor) else pytree.tree_leaves(outputs)
    if all(not isinstance(x, torch.Tensor) or x.dtype is dtype or not x.is_floating_point() for x in leaves):
        return outputs
    if any(x._compute_torch_dtype is not dtype and x._computes for x in layer._flatten_layers()):
        return outputs
    return cast_floats(outputs, dtype)


def cast_floats(outputs: Tensors, dtype: torch.dtype) -> Tensors:
    """Return the outputs with floating point tensors in ``dtype``."""

    def cast(x: Any) -> Any:
        if not isinstance(x, torch.Tensor) or not x.is_floating_point() or x.dtype is dtype:
            return x
        mask, x = get_mask(x), x.to(dtype)
        if mask is not None:
            set_mask(x, mask)
        return x

    found: Tensors = cast(outputs) if isinstance(outputs, torch.Tensor) else tree.map_structure(cast, outputs)
    return found


def add_activity_losses(layer: Layer, penalty: Callable[[torch.Tensor], torch.Tensor], outputs: Tensors) -> None:
    """Add the activity regularizer's loss of each output, averaged over the batch."""
    for x in pytree.tree_leaves(outputs):
        if isinstance(x, torch.Tensor) and x.is_floating_point():
            layer.add_loss(penalty(x) / max(x.shape[0] if x.ndim else 1, 1))
