"""The class of all initializers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.overrides import CheckedConstructors


class Initializer(CheckedConstructors):
    """Callable that makes the first values of a weight: ``initializer(shape, dtype)``.

    Subclasses define ``__call__`` and, if they take arguments, ``get_config``.

    Source: Keras API, initializers.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        """Return a tensor of values; every subclass defines it."""
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Return a new initializer made from what ``get_config`` returned."""
        return cls(**config)

    def clone(self) -> Initializer:
        """Return an equal initializer."""
        return type(self).from_config(self.get_config())
