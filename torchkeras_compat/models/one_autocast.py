"""Whether torch's autocast may be on for a whole graph, where each layer of mixed precision turns it on for itself."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.own_code import is_own
from torchkeras_compat.symbolic.node import Node


def one_autocast(nodes: list[Node], below: list[Layer], seen: set[int] | None = None) -> torch.dtype | None:
    """Return the dtype of the autocast in which all calls of a graph give the same numbers; None if there is none.

    Layers of mixed precision have to agree on it. Other layers turn it off for themselves. What computes between the
    calls of layers would compute in another precision: recorded functions, activity regularizers, masks of classes of
    the user. Weights of two calls would be cast once, and their gradients summed in the lower precision.

    Args:
        nodes: The calls of the graph.
        below: Gets the layers that it depends on.
        seen: Ids of the weights of other graphs around this one.
    """
    found: torch.dtype | None = None
    mixed: list[Layer] = []
    for node in nodes:
        layer = node.operation
        if isinstance(layer, InputLayer):
            continue
        if not isinstance(layer, Layer):
            return None
        below.append(layer)
        if layer.activity_regularizer is not None:
            return None
        if layer._makes_masks and not is_own(type(layer)):
            return None
        if layer._is_mixed or layer._is_graph:
            mixed.append(layer)
        elif not layer._computes:
            return None
    seen = set() if seen is None else seen
    for layer in mixed:
        if layer._is_graph:
            graph: Any = layer._layer_graph
            dtype = None if graph is None else one_autocast(graph.nodes, below, seen)
        else:
            dtype = layer._compute_torch_dtype if _adds_weights(layer, seen) else None
        if dtype is None or (found is not None and found is not dtype):
            return None
        found = dtype
    return found


def _adds_weights(layer: nn.Module, seen: set[int]) -> bool:
    """Add the weights of a layer; return whether none was there."""
    own = set(map(id, layer.parameters()))
    is_new = not own & seen
    seen |= own
    return is_new
