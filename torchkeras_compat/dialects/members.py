"""What subclasses that a user writes of a layer have besides the core's members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.variables import Variable


def members_for(core: type) -> dict[str, Any]:
    """Return members of the facade of a class of the core.

    Args:
        core: The class.

    Example:
        >>> sorted(members_for(Layer)), members_for(int)
        (['non_trainable_weights', 'trainable_weights'], {})
    """
    if not issubclass(core, Layer):
        return {}
    return {name: _listed(core, name) for name in ("trainable_weights", "non_trainable_weights")}


def _listed(core: Any, name: str) -> property:
    """Return a property that a layer of Keras 1 or 2 may set to a list of the weights that it made in ``build``."""
    found = getattr(core, name)

    def get(self: Any) -> Any:
        return found.fget(self)

    def put(self: Any, weights: Iterable[Any]) -> None:
        listed = [weight for weight in weights if isinstance(weight, Variable)]
        _put(self, listed, name == "trainable_weights")

    return property(get, put, doc=found.__doc__)


def _put(layer: Any, listed: list[Variable], trainable: bool) -> None:
    """Have a layer train these weights, or leave them alone; its weights come in this order, trainable ones first."""
    known = {id(v) for v in layer.weights}  # those of layers inside are listed there
    for weight in listed:
        if weight.trainable is not trainable:
            weight.trainable = trainable
        if id(weight) not in known:
            layer._register_variable(weight)
    chosen = {id(v) for v in listed}
    own = [v for v in listed if any(v is other for other in layer._variables)]
    others = [v for v in layer._variables if id(v) not in chosen]
    for weight in others if trainable else ():
        weight.trainable = False  # what is not listed does not train
    layer._variables[:] = [*own, *others] if trainable else [*others, *own]
    STRUCTURE.changed()
