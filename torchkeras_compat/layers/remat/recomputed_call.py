"""A call whose activations are computed again in the backward pass, on ``torch.utils.checkpoint``.

torch keeps its own random state and autocast for the second run. What a layer changes or reads besides (buffers,
losses, metrics, seeds, masks on tensors, the training state) is kept here: the second run finds it as the first did,
and leaves it as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.layers.layer.call_state import STATE
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.random.replay import Replay

_Place: TypeAlias = tuple[dict[str, Any], str, Any]

_is_inside = False  # what lies inside a call that is recomputed is recomputed with it, once


def recomputed(
    function: Callable[..., Any], root: nn.Module | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Return ``function(*args, **kwargs)``; if gradients are wanted, its activations are not kept for them.

    Args:
        function: What to compute.
        root: The module whose state it reads and changes; None for none.
        args: Positional arguments of ``function``.
        kwargs: Keyword arguments of ``function``.
    """
    if _is_inside or not torch.is_grad_enabled() or is_inferring_shapes():
        return function(*args, **kwargs)
    from torch.utils.checkpoint import checkpoint  # imports the compiler of torch (1 s), which few models need

    leaves, structure = pytree.tree_flatten((args, kwargs))
    if not any(isinstance(x, torch.Tensor) and x.requires_grad for x in leaves):
        # A function may hold weights that nobody knows of.
        if root is not None and not any(p.requires_grad for p in root.parameters()):
            return function(*args, **kwargs)
    if torch.compiler.is_compiling():
        return checkpoint(function, *args, use_reentrant=False, **kwargs)  # torch.compile traces it, runs nothing twice
    return checkpoint(Runs(function, root, leaves, structure), *leaves, use_reentrant=False)


class Runs:
    """The runs of one call: a first one, and one for each backward pass."""

    def __init__(self, function: Callable[..., Any], root: nn.Module | None, leaves: list[Any], structure: Any) -> None:
        self.function = function
        self.root = root
        self.structure = structure
        self.masks = [get_mask(x) for x in leaves]
        self.is_first = True
        self.is_training = root.training if root is not None else None
        self.depth, self.autocasts = STATE.depth, STATE.autocasts
        self.replay = Replay()
        self.parameters, self.buffers = ([], []) if root is None else _tensors_of(root)

    def __call__(self, *leaves: Any) -> Any:
        if self.is_first:
            self.is_first = False
            with _inside(), self.replay.record():
                return self._run(leaves)
        for x, mask in zip(leaves, self.masks, strict=True):
            if mask is not None:  # autograd gives back the tensor without what was attached to it
                set_mask(x, mask)
        with _inside(), self.replay.repeat(), self._as_before():
            return self._run(leaves)

    def _run(self, leaves: tuple[Any, ...]) -> Any:
        args, kwargs = pytree.tree_unflatten(leaves, self.structure)
        return self.function(*args, **kwargs)

    @contextlib.contextmanager
    def _as_before(self) -> Iterator[None]:
        """Put everything into the state of the first run, and back."""
        depth, autocasts = STATE.depth, STATE.autocasts
        # Inside a call, even if the first run was not: a layer that is called from outside forgets its losses.
        STATE.depth, STATE.autocasts = max(self.depth, 1), self.autocasts
        try:
            if self.root is None:
                yield
            else:
                swapped = _swapped(self.parameters, self.buffers, self.root)
                with swapped, training_state(self.root, self.is_training):
                    yield
        finally:
            STATE.depth, STATE.autocasts = depth, autocasts


@contextlib.contextmanager
def _inside() -> Iterator[None]:
    global _is_inside
    _is_inside = True
    try:
        yield
    finally:
        _is_inside = False


def _tensors_of(root: nn.Module) -> tuple[list[_Place], list[_Place]]:
    """Return where the parameters and buffers of a module lie, their names, and what the first run finds there.

    Buffers, which the call may change, come as copies; integers (quantized weights, counters) as they are, since what
    is computed does not depend on those that change.
    """
    parameters: list[_Place] = []
    buffers: list[_Place] = []
    for module in root.modules():
        parameters += [(module._parameters, key, x) for key, x in module._parameters.items() if x is not None]
        for key, x in module._buffers.items():
            if x is not None:
                buffers.append((module._buffers, key, x.detach().clone() if x.is_floating_point() else x))
    return parameters, buffers


@contextlib.contextmanager
def _swapped(parameters: list[_Place], buffers: list[_Place], root: nn.Module) -> Iterator[None]:
    """Put the tensors of the first run in their places; then take back what this run changed of the module.

    Other tensors stand in, rather than other values: autograd refuses a backward pass through what has changed.
    """
    layers: list[Any] = [part for part in root.modules() if "_call_losses" in part.__dict__]
    losses = [(layer._call_losses.added, list(layer._call_losses.added)) for layer in layers]
    states = [
        (v._store(i), key, v._store(i)[key])
        for layer in (layers[:1] if layers[:1] == [root] else layers)  # a layer knows the metrics of those below
        for metric in layer._metrics_below()
        for v in metric.variables
        for i, key in enumerate(v._keys)
    ]
    before = []
    try:
        for places in (parameters, buffers, states):
            for store, key, x in places:
                before.append((store, key, store.get(key)))
                # Of a copy, too: a third run may come.
                store[key] = x if places is parameters else x.clone()
        yield
    finally:
        for store, key, x in reversed(before):
            store[key] = x
        for found, kept in losses:
            found[:] = kept
