"""``model.fc = nn.Linear(...)``: another layer in the place of one that a graph runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import join, switch
from torchkeras_compat.layers.layer.tracking import may_hold_tracked
from torchkeras_compat.models.child_names import torch_child
from torchkeras_compat.own_code import is_own
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.models.graph_model import GraphModel


def layer_under(model: GraphModel, name: str, value: object = None) -> Any:
    """Return the layer of the graph that torch knows under a name; None if there is none, or if it is ``value``."""
    child = model.__dict__.get("_modules", {}).get(name)
    if child is None or child is value:
        return None
    for layer in model._running_layers():
        if torch_child(layer) is child:
            return None if layer is value else layer
    return None


def put_in_place(model: GraphModel, name: str, old: Any, value: object) -> None:
    """Run ``value`` wherever the graph runs the layer ``old``, which torch knows under ``name``.

    A setting of that name, which a subclass keeps, leaves the graph as it is.

    Raises:
        TypeError: it is neither.
        ValueError: it does not fit.
    """
    if not isinstance(value, nn.Module):
        if value is not None and not is_own(type(model)) and not may_hold_tracked(value):
            model.__dict__[name] = value  # a setting of a subclass, as `self.dropout = 0.1`: the layer goes on running
            return
        raise TypeError(
            f"Model '{model.name}' runs the layer '{name}', so that only another layer or torch module can stand in"
            f" its place. Received: {value!r}. Build a new model without it, or use `torch.nn.Identity()`."
        )
    if isinstance(value, Layer):
        layer = value
    else:
        layer = TorchModuleWrapper(value, name=old.name)
        layer._is_transparent = True
    try:
        model._run_instead(old, layer)
    except (ValueError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"Model '{model.name}' cannot run {type(value).__name__} in place of its layer '{name}': {error} Its"
            " inputs, and what the layers behind it take, must fit. Nothing was changed."
        ) from error
    if layer is value:
        join(layer, model)
    else:
        switch(layer, model.training)
    Variable.trainable_changes += 1
    model._call_losses.version = 0
    model.train_function = model.test_function = model.predict_function = None


def refuse_deletion(model: GraphModel, name: str) -> None:
    """Raise a TypeError if the graph runs the layer that torch knows under ``name``."""
    if layer_under(model, name) is not None:
        raise TypeError(
            f"Model '{model.name}' runs the layer '{name}', so that it cannot be deleted. Build a new model without"
            " it, or put `torch.nn.Identity()` in its place."
        )


def exchange_child(model: GraphModel, old: Any, new: Layer) -> None:
    """Put the torch child of a layer in the places of another's."""
    modules = model._modules
    for key in [key for key, child in modules.items() if child is torch_child(old)]:
        modules[key] = torch_child(new)
