"""What subclasses that a user writes of a layer have besides the core's members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
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
        known = set(map(id, self._variables))
        for weight in weights:
            if not isinstance(weight, Variable):
                continue
            if weight._trainable is not (name == "trainable_weights"):
                weight.trainable = name == "trainable_weights"
            if id(weight) not in known:
                self._register_variable(weight)

    return property(get, put, doc=found.__doc__)
