"""The items of a config that are attributes of the layer: by their names, in the order of Keras's configs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat import activations, constraints, initializers, regularizers

# What is not written as it is, by the last word of its name.
_SERIALIZE: dict[str, Callable[[Any], Any]] = {
    "activation": activations.serialize,
    "constraint": constraints.serialize,
    "initializer": initializers.serialize,
    "regularizer": regularizers.serialize,
}


def config_items(layer: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return ``{name: value}`` of attributes, without a leading underscore; activations and the like as their configs.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> config_items(Dense(2, activation="relu"), ("units", "activation", "kernel_constraint"))
        {'units': 2, 'activation': 'relu', 'kernel_constraint': None}
    """
    items = {}
    for name in names:
        value = getattr(layer, name)
        serialize = _SERIALIZE.get(name.rpartition("_")[2])
        items[name.removeprefix("_")] = value if serialize is None else serialize(value)
    return items
