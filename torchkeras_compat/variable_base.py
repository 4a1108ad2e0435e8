"""What a variable is to the modules below `variables`: no tensor itself, but with one as its value."""

from __future__ import annotations

import torch


class VariableBase:
    """Base of `Variable`: ``isinstance(x, VariableBase)`` asks for one where `variables` cannot be imported."""

    @property
    def value(self) -> torch.Tensor:
        """The values in Keras's layout, part of autograd."""
        raise NotImplementedError

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape in Keras's layout."""
        raise NotImplementedError

    @property
    def dtype(self) -> str:
        """Keras's name of the dtype."""
        raise NotImplementedError
