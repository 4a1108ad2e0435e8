"""`LayerScale`: a learned factor for each channel, at the end of a residual branch of ConvNeXt."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.initializers.constants import Constant
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.variables import Variable


class LayerScale(Layer):
    """Multiplies each channel by a learned factor: ``inputs * gamma``.

    Keras keeps this class beside its ConvNeXt, under no public name; files name it.

    Args:
        init_values: Initial value of the factors, a number.
        projection_dim: Number of channels, a positive int.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ..., channels)``, floating point.
    Output shape:
        The same.

    Raises:
        ValueError: ``init_values`` is not a number, ``projection_dim`` is not a positive int, or the inputs have
            another number of channels.

    Example:
        >>> LayerScale(0.5, 3)(torch.ones(1, 3)).tolist()
        [[0.5, 0.5, 0.5]]

    Source: Touvron et al. 2021, "Going deeper with Image Transformers", equation 4.
    """

    gamma: Variable

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(init_values, bool) or not isinstance(init_values, (int, float)):
            raise ValueError(f"`init_values` is a number. Received: init_values={init_values!r}")
        if isinstance(projection_dim, bool) or not isinstance(projection_dim, int) or projection_dim <= 0:
            raise ValueError(
                "`projection_dim` is the number of channels, a positive integer. Received:"
                f" projection_dim={projection_dim!r}"
            )
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape: Any) -> None:
        if input_shape[-1] not in (None, self.projection_dim):
            raise ValueError(
                f"LayerScale '{self.name}' was made for {self.projection_dim} channels, but received shape"
                f" {tuple(input_shape)}. Make it with projection_dim={input_shape[-1]}."
            )
        self.gamma = self.add_weight(
            shape=(self.projection_dim,), initializer=Constant(self.init_values), trainable=True
        )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiply by the factors."""
        return inputs * self.gamma.value

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "init_values": self.init_values, "projection_dim": self.projection_dim}
