"""The class of all constraints."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.overrides import CheckedConstructors


class Constraint(CheckedConstructors):
    """Callable applied to a weight after each update: ``weight = constraint(weight)``.

    Source: Keras API, constraints.
    """

    _offers_nearest = True

    def __call__(self, w: torch.Tensor) -> torch.Tensor:
        """Return the constrained values; the class itself returns them as they are."""
        return w

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """Return a new constraint made from what ``get_config`` returned."""
        return cls(**config)
