"""`Activation`: a function as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat import activations
from torchkeras_compat.activations.identifiers import keeps_shape, torch_equivalent
from torchkeras_compat.layers.layer.layer import Layer


class Activation(Layer):
    """Applies an activation.

    Args:
        activation: Name, callable or ``torch.nn.Module``.
        kwargs: Arguments of `Layer`.

    Example:
        >>> Activation("relu")(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])

    Source: Keras API, layers/Activation.
    """

    _activate: Callable[[torch.Tensor], torch.Tensor] | None

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)
        # Past the attribute hook: a torch module is a child once, under `activation`.
        self.__dict__["_activate"] = torch_equivalent(self.activation)
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        return inputs if self._activate is None else self._activate(inputs)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape if keeps_shape(self.activation) else None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
