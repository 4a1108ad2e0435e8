"""`ActivityRegularization`: a penalty of what passes through."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import regularizers
from torchkeras_compat.layers.layer.layer import Layer


class ActivityRegularization(Layer):
    """Adds ``l1 * sum(|x|) + l2 * sum(x ** 2)``, divided by the batch size, to the loss; ``x`` passes as it is.

    Args:
        l1: Factor of the absolute values, not negative.
        l2: Factor of the squares, not negative.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: a factor is negative.

    Example:
        >>> layer = ActivityRegularization(l1=0.5)
        >>> _ = layer(torch.ones(2, 3))
        >>> layer.losses
        [tensor(1.5000)]

    Source: Keras API, layers/ActivityRegularization.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the inputs."""
        return inputs

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
