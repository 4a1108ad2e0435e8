"""``self.trainable_weights = [self.W, self.b]``: weights that a layer of Keras 1 and 2 lists itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.variables import Variable


def list_weights(core: Callable[..., Any], self: Any, weights: Iterable[Any], trainable: bool) -> None:
    """Have a layer train these of its weights, or leave them alone, in this order.

    Args:
        core: The method of the core, which refuses.
        self: The layer.
        weights: Variables; those of layers inside are listed by these.
        trainable: Whether they train. Weights of the layer that are not listed as trainable do not.

    Raises:
        TypeError: one of them is not a variable.
    """
    listed = list(weights)
    wrong = [v for v in listed if not isinstance(v, Variable)]
    if wrong:
        raise TypeError(f"Weights are variables, as `K.variable` makes them. Received: {wrong[0]!r}")
    known = {id(v) for v in self.weights}
    for variable in listed:
        if id(variable) not in known:
            self._register_variable(variable)
    own = list(self._variables)
    chosen = {id(v) for v in listed}
    for v in own:
        if id(v) in chosen:
            v.trainable = trainable
        elif trainable:
            v.trainable = False
    first = [v for v in listed if any(v is other for other in own)]
    others = [v for v in own if id(v) not in chosen]
    self._variables[:] = [*first, *others] if trainable else [*others, *first]
    STRUCTURE.changed()
