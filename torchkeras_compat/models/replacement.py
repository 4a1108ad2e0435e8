"""``model.fc = nn.Linear(...)``: another layer in the place of one that a graph runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from torch import nn

from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import join, plain, switch
from torchkeras_compat.models.child_names import torch_child
from torchkeras_compat.variables import Variable


class ReplacesLayers:
    """The part of a graph model that follows when the torch child of a layer is replaced, by its name."""

    if TYPE_CHECKING:
        # The attributes of the model that this is a part of.
        def __getattr__(self, name: str) -> Any: ...

    def _running_layers(self) -> Iterable[Any]:
        """The operations of the graph."""
        raise NotImplementedError

    def _run_instead(self, old: Any, new: Layer) -> None:
        """Run ``new`` wherever the graph runs ``old``; nothing is changed if it does not fit."""
        raise NotImplementedError

    def _layer_under(self, name: str) -> Any:
        """The layer of the graph that torch knows under a name; None if there is none."""
        child = self.__dict__.get("_modules", {}).get(name)
        if child is None:
            return None
        return next((layer for layer in self._running_layers() if torch_child(layer) is child), None)

    @plain
    def __setattr__(self, name: str, value: Any) -> None:
        old = self._layer_under(name)
        if old is None or value is torch_child(old) or value is old:
            super().__setattr__(name, value)
            return
        if not isinstance(value, nn.Module):
            raise TypeError(
                f"Model '{self.name}' runs the layer '{name}', so that only another layer or torch module can stand in"
                f" its place. Received: {value!r}. Build a new model without it, or use `torch.nn.Identity()`."
            )
        layer: Any = value
        if not isinstance(value, Layer):
            layer = TorchModuleWrapper(value, name=old.name)
            layer.__dict__["_stands_in"] = True
        try:
            self._run_instead(old, layer)
        except (ValueError, TypeError, RuntimeError) as error:
            raise ValueError(
                f"Model '{self.name}' cannot run {type(value).__name__} in place of its layer '{name}': {error} Its"
                " inputs, and what the layers behind it take, must fit. Nothing was changed."
            ) from error
        if layer is value:
            join(layer, self.training)
        else:
            switch(layer, self.training)
        Variable.trainable_changes += 1
        self._losses.version = 0
        self.train_function = self.test_function = self.predict_function = None

    def __delattr__(self, name: str) -> None:
        if self._layer_under(name) is not None:
            raise TypeError(
                f"Model '{self.name}' runs the layer '{name}', so that it cannot be deleted. Build a new model without"
                " it, or put `torch.nn.Identity()` in its place."
            )
        super().__delattr__(name)

    def add_module(self, name: str, module: nn.Module | None) -> None:
        """Register a torch child; one under the name of a layer that the graph runs takes its place."""
        if self._layer_under(name) is not None:
            setattr(self, name, module)
        else:
            super().add_module(name, module)  # type: ignore[misc]

    def _exchange_child(self, old: Any, new: Layer) -> None:
        """Put the torch child of a layer in the places of another's."""
        modules = self._modules
        for key in [key for key, child in modules.items() if child is torch_child(old)]:
            modules[key] = torch_child(new)
