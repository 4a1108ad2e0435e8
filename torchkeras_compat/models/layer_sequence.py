"""``model[0]``, ``model[1:]``, ``len(model)``: the layers of a model by position, as in `torch.nn.Sequential`."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.layer.modes import Modes
from torchkeras_compat.models.child_names import key_of
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.models.replacement import put_in_place
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class LayerSequence(GraphModel):
    """The part of `Sequential` that is a sequence of its ``layers``, without the `InputLayer`."""

    _stack: list[Any]

    def __len__(self) -> int:
        return len(self.layers)

    def __bool__(self) -> bool:
        return True  # also without layers, as every Keras model

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    def __getitem__(self, index: Any) -> Any:
        """Return a layer; for a slice, a `Sequential` of these layers, which belong to both models."""
        if not isinstance(index, slice):
            return self.layers[self._position(index)]
        layers = self.layers[index]
        modes = Modes(self)  # layers take the mode of the model that they enter
        found = self._of_layers(self._start_of(layers), layers)
        modes.restore()
        found.training = self.training
        return found

    def __setitem__(self, index: Any, layer: Any) -> None:
        """Run another layer in the place of one.

        Raises:
            ValueError: it does not fit.
        """
        old = self.layers[self._position(index)]
        if layer is not old:
            put_in_place(self, key_of(self, old) or old.name, old, layer)

    def __delitem__(self, index: Any) -> None:
        """Take layers out.

        Raises:
            ValueError: those that are left do not fit each other; nothing is changed.
        """
        layers = self.layers
        del layers[index if isinstance(index, slice) else self._position(index)]
        kept = set(map(id, layers))
        stack, modules = list(self._stack), dict(self._modules)
        own = [layer for layer in stack if id(layer) in kept or isinstance(layer, InputLayer)]
        try:
            self._hold(own)
        except Exception as error:
            self._modules.clear()
            self._modules.update(modules)
            self._hold(stack)
            raise ValueError(
                f"The layers of model '{self.name}' do not fit each other without those at {index!r}: {error} Nothing"
                " was changed."
            ) from error

    def _position(self, index: Any) -> int:
        position, number = operator.index(index), len(self.layers)
        if not -number <= position < number:
            raise IndexError(f"Model '{self.name}' has {number} layers. Received index {position}.")
        return position % number

    def _start_of(self, layers: list[Any]) -> list[Any]:
        """Return an input of the shape and dtype that the first of the layers gets here, if the model knows it."""
        graph = self._find_graph()
        for node in () if graph is None or not layers else graph.nodes:
            if node.operation is layers[0]:
                given = node.args[0] if node.args else None
                if isinstance(given, KerasTensor):
                    return [InputLayer(batch_shape=given.shape, dtype=given.dtype)]
                break
        return []

    def _of_layers(self, start: list[Any], layers: list[Any]) -> Any:
        raise NotImplementedError

    def _hold(self, stack: list[Any]) -> None:
        raise NotImplementedError
