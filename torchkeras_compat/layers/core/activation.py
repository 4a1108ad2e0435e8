"""`Activation`: a function as a layer."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import activations
from torchkeras_compat.activations.identifiers import keeps_shape
from torchkeras_compat.layers.activated import Activated


class Activation(Activated):
    """Applies an activation.

    Args:
        activation: Name, callable or ``torch.nn.Module``.
        kwargs: Arguments of `Layer`.

    Example:
        >>> Activation("relu")(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    Source: Keras API, layers/Activation.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        return inputs if self._activate is None else self._activate(inputs)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape if keeps_shape(self.activation) else None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
