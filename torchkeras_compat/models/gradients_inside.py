"""Graphs that take gradients while they run, as `K.gradients` in a layer of Keras 1 and 2 records them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree


def with_gradients(forward: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes with gradients, also inside ``torch.no_grad``; outside it returns plain tensors.

    Args:
        forward: Function of tensors.

    Example:
        >>> def slope(x):
        ...     return torch.autograd.grad((x * x).sum(), x)[0]
        >>> with torch.no_grad():
        ...     with_gradients(slope)(torch.tensor(3.0))
        tensor(6.)
    """

    def run(*inputs: Any) -> Any:
        was_enabled = torch.is_grad_enabled()
        with torch.inference_mode(False), torch.enable_grad():
            outputs = forward(*map(_begun, inputs))
        return outputs if was_enabled else pytree.tree_map(_plain, outputs)

    return run


def _begun(x: Any) -> Any:
    if not isinstance(x, torch.Tensor) or x.requires_grad or not x.is_floating_point():
        return x
    return (x.clone() if x.is_inference() else x.detach()).requires_grad_()


def _plain(x: Any) -> Any:
    return x.detach() if isinstance(x, torch.Tensor) else x
