"""One optimizer for several models, as Keras 1 and 2 allow: scripts of GANs compile both models with the same one.

Each model then trains by an optimizer of its own with slots for its weights; the learning rate and the number of
updates are those of all of them, as there.
"""

from __future__ import annotations

import weakref
from typing import Any

from torchkeras_compat.optimizers.base import Optimizer

_GROUP = "_shared_by"
_FIRST = "_built_for"


class SharedState:
    """The learning rate and the number of updates of optimizers that stand for one.

    Args:
        optimizer: The first of them.

    Example:
        >>> from torchkeras_compat.optimizers.sgd import SGD
        >>> first, second = SGD(0.5), SGD(0.5)
        >>> state = SharedState(first)
        >>> state.add(second)
        >>> first.learning_rate = 0.25
        >>> state.before(second)
        >>> float(second.learning_rate)
        0.25
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.members = [optimizer]
        self.rate = optimizer._rate
        self.iterations = optimizer._iterations

    def add(self, optimizer: Optimizer) -> None:
        """Let one more optimizer stand for the same."""
        self.members.append(optimizer)

    def before(self, optimizer: Optimizer) -> None:
        """Give an optimizer that is about to update what the others have come to."""
        for member in self.members:
            if member._schedule is None and member._rate != self.rate:
                self.rate = member._rate  # which was set since
        for member in self.members:
            if member._schedule is None:
                member._rate = self.rate
        optimizer._iterations = self.iterations

    def after(self, optimizer: Optimizer) -> None:
        """Note what an optimizer that has updated has come to."""
        self.iterations = optimizer._iterations
        if optimizer._schedule is None:
            self.rate = optimizer._rate
        for member in self.members:
            member._iterations = self.iterations
            if member._schedule is None:
                member._rate = self.rate


def shared_state(model: Any) -> SharedState | None:
    """Return what the optimizer of a model shares with others; before it trains, the model gets one of its own.

    Args:
        model: A compiled model.

    Returns:
        The shared state; None for an optimizer of one model.
    """
    optimizer = model.__dict__.get("optimizer")
    if not isinstance(optimizer, Optimizer):
        return None
    state: SharedState | None = optimizer.__dict__.get(_GROUP)
    if not optimizer.built:
        optimizer.__dict__[_FIRST] = weakref.ref(model)
        return state
    first = optimizer.__dict__.get(_FIRST)
    if first is None or first() is model or not _is_new_to(optimizer, model):
        return state
    copy = type(optimizer).from_config(optimizer.get_config())
    if state is None:
        state = optimizer.__dict__[_GROUP] = SharedState(optimizer)
    state.add(copy)
    copy.__dict__.update({_GROUP: state, _FIRST: weakref.ref(model)})
    model.__dict__.update(optimizer=copy, _step=None)
    return state


def _is_new_to(optimizer: Optimizer, model: Any) -> bool:
    """Return whether a model trains weights that an optimizer does not know."""
    return any(t not in optimizer._known for v in model.trainable_variables for t in v.parameters)
