"""Optimizers that a user wrote for Keras 1 and 2: by ``get_updates``, which lists the updates of one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.creation import creations_repeated
from torchkeras_compat.legacy.backend.graph.updates import as_updates, updates_kept_back
from torchkeras_compat.legacy.optimizers.recorded_updates import get_gradients
from torchkeras_compat.variables import Variable

_BY_GET_UPDATES = "_gradients_of_step"
_CREATED = "_created_by_get_updates"


class WrittenUpdates:
    """Trains by a ``get_updates`` of the user: it is run in each step, with the gradients of that step.

    What it makes by ``K.zeros``, ``K.variable`` and their kin in the first step it gets again in the later ones, and
    the updates are made together, after all of them are computed, as in the graph of Keras 1 and 2.
    """

    def get_gradients(self, loss: Any, params: Sequence[Variable]) -> list[Any]:
        """Return the gradients of a loss: those of the step that is under way, or recorded ones.

        Args:
            loss: Recorded tensor; not used in a step of training.
            params: Variables.
        """
        now: dict[int, torch.Tensor] | None = self.__dict__.get(_BY_GET_UPDATES)
        if now is None:
            return get_gradients(self, loss, params)
        return _clipped([now[id(v)] for v in params], self)

    def update(self) -> None:
        """Make one step from the gradients that training has found."""
        me: Any = self
        variables: list[Variable] = [v for v in me._trainable_variables if _has_gradient(v)]
        gradients = {id(v): v.layout.to_keras(*map(_gradient, v.parameters)) for v in variables}
        self.__dict__[_BY_GET_UPDATES] = gradients
        try:
            with torch.no_grad(), creations_repeated(self.__dict__.setdefault(_CREATED, [])), updates_kept_back():
                updates = as_updates(me.get_updates(loss=None, params=variables))
                computed = [update.compute({}) for update in updates]
            for update, new in zip(updates, computed, strict=True):
                update.apply(new)
        finally:
            del self.__dict__[_BY_GET_UPDATES]


def _has_gradient(variable: Variable) -> bool:
    return any(t.grad is not None for t in variable.parameters)


def _gradient(parameter: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def _clipped(gradients: list[torch.Tensor], optimizer: Any) -> list[torch.Tensor]:
    """Return gradients clipped as `Optimizer.get_gradients` of Keras 2 clips them."""
    norm, value = getattr(optimizer, "clipnorm", None), getattr(optimizer, "clipvalue", None)
    if norm:
        total = torch.sqrt(torch.stack([(g * g).sum() for g in gradients]).sum())
        gradients = [g * (norm / total) if total >= norm else g for g in gradients]
    return [g.clamp(-value, value) for g in gradients] if value else gradients
