"""`StochasticDepth`: leaves out whole residual branches at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.regularization.dropout import check_rate
from torchkeras_compat.random.dropouts import dropout


class StochasticDepth(Layer):
    """Sets whole samples to zero while training, each with probability ``drop_path_rate``, and scales up the others.

    Those that stay are divided by ``1 - drop_path_rate``. Keras keeps this class beside its ConvNeXt, under no public
    name; files name it.

    Args:
        drop_path_rate: Fraction in [0, 1] of the samples to set to zero.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``, floating point.
    Output shape:
        The same.

    Raises:
        ValueError: ``drop_path_rate`` is not in [0, 1].

    Example:
        >>> StochasticDepth(0.5)(torch.ones(2, 1), training=False).tolist()
        [[1.0], [1.0]]

    Source: Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3.
    """

    def __init__(self, drop_path_rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drop_path_rate = check_rate(drop_path_rate)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Leave out samples if ``training``."""
        if not training:
            return inputs
        return dropout(inputs, self.drop_path_rate, (None, *[1] * (inputs.ndim - 1)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}
