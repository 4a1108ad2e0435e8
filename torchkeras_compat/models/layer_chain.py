"""The layers of a `Sequential`, called one after the other: one more costs its own call, not those of all."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras_compat import naming
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class LayerChain:
    """The calls of layers, each on the output of the one before.

    Keras calls all layers once more for each that is added. What shows of it are the automatic names that those calls
    take, which the chain counts and passes over, and that a layer is called on what the one below gave the second time.
    Where layers have neither masks nor layers below, the first time does as well.

    Args:
        start: What the first layer is called on.

    Attributes:
        start: What the first layer was called on.
        end: What the last one returned.
        is_plain: Whether each layer made one tensor of one, in one call. Only then another one can follow.
    """

    def __init__(self, start: Any) -> None:
        self.start = start
        self.end: Any = start
        self.is_plain = True
        self._is_simple = True
        self._is_counted = True  # whether the names are those of calls of layers that are built
        self._names: dict[str, int] = {}  # how many a call of all layers takes, the last one left out
        self._last: _Call | None = None
        # The `_modules` of everything below the layers, with what lay in them.
        self._below: list[tuple[dict[str, nn.Module | None], list[int], list[nn.Module | None]]] = []

    def call(self, layer: Layer, scope: str) -> None:
        """Call a layer on the end.

        Args:
            layer: The layer.
            scope: Name of the model.

        Raises:
            ValueError: the layer takes several inputs, or does not fit.
        """
        last = self._last
        if last is not None:
            self._is_counted = self._is_counted and last.is_counted
            for prefix, number in last.names.items():
                self._names[prefix] = self._names.get(prefix, 0) + number
        self._last = last = _Call(layer, self.end, scope)
        self.end = last.output
        self.is_plain = self.is_plain and last.is_plain
        self._is_simple = self._is_simple and last.is_simple
        if last.has_children:
            self._watch(layer)

    def extend(self, layer: Layer, scope: str) -> bool:
        """Call a layer on the end, as if all layers below were called before; return whether that can be done."""
        if not self.is_plain or self._has_changed_below():
            return False
        last, is_simple = self._last, self._is_simple and not layer._children()
        if not is_simple and not self._is_counted:
            return False
        naming.pass_over_names(self._names)
        if last is not None and is_simple:
            naming.pass_over_names(last.names)
        elif last is not None:
            self._last = last = _Call(last.layer, last.input, scope)
            self.end = last.output
            self.is_plain = self.is_plain and last.is_plain
        self.call(layer, scope)
        return True

    def _has_changed_below(self) -> bool:
        """Whether something below a layer, which may give another shape now, came or went: a model inside has grown."""
        for store, ids, _ in self._below:
            if list(map(id, store.values())) != ids:
                return True
        return False

    def _watch(self, layer: nn.Module) -> None:
        queue: list[nn.Module | None] = [layer]
        seen: set[int] = set()
        while queue:
            module = queue.pop()
            if module is None or id(module) in seen:
                continue
            seen.add(id(module))
            kept = list(module._modules.values())  # kept, so that no other module gets the id of one
            self._below.append((module._modules, list(map(id, kept)), kept))
            queue.extend(kept)


class _Call:
    """A call of a layer.

    Attributes:
        output: What it returned.
        names: How many automatic names another call takes, if ``is_counted``.
        is_plain: Whether the output is all that one recorded call made of the input.
        is_simple: Whether, besides, there are neither masks nor layers below.
    """

    def __init__(self, layer: Layer, given: Any, scope: str) -> None:
        self.layer = layer
        self.input = given
        was_built, before = layer.built, naming.names_given()
        naming.open_names.append(scope)
        try:
            _check_single_input(layer)
            self.output: Any = layer(given)
        finally:
            naming.open_names.pop()
        self.names = naming.names_given_since(before)
        self.has_children = bool(layer._children())
        node = self.output.node if type(self.output) is KerasTensor else None
        self.is_plain = self.is_simple = self.is_counted = False
        if node is not None and node.operation is layer and node.outputs is self.output:
            self.is_plain = len(node.args) == 1 and node.args[0] is given and not node.kwargs
            is_masked = bool(node.implied) or get_mask(given) is not None or get_mask(self.output) is not None
            self.is_simple = self.is_plain and not is_masked and not self.has_children
        self.is_counted = was_built or self.is_simple
        if self.is_simple:  # other names were for what building it made
            self.names = {prefix: n for prefix, n in self.names.items() if prefix == "keras_tensor"}


def _check_single_input(layer: Layer) -> None:
    required = layer._call_spec.required
    if len(required) > 1:
        raise ValueError(
            "Layers added to a Sequential model can only have a single positional argument, the input tensor. Layer"
            f" {type(layer).__name__} '{layer.name}' has several: {required}. Give the others defaults, or use the"
            " functional API."
        )
