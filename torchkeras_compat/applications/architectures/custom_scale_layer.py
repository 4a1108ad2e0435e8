"""`CustomScaleLayer`: the sum at the end of a residual branch of InceptionResNetV2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer


class CustomScaleLayer(Layer):
    """Adds a residual to its input, made smaller: ``inputs[0] + inputs[1] * scale``.

    Keras keeps this class beside its InceptionResNetV2, under no public name; files name it.

    Args:
        scale: Factor of the residual, a number.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of two tensors of one shape, ``(batch, height, width, channels)``.
    Output shape:
        That of the first.

    Raises:
        ValueError: ``scale`` is not a number, or the inputs are not two tensors.

    Example:
        >>> CustomScaleLayer(0.5)([torch.ones(2), torch.ones(2)]).tolist()
        [1.5, 1.5]

    Source: Szegedy et al. 2017, section 3.3.
    """

    def __init__(self, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(scale, bool) or not isinstance(scale, (int, float)):
            raise ValueError(f"`scale` is a number. Received: scale={scale!r}")
        self.scale = scale

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 2 or not all(isinstance(shape, Sequence) for shape in input_shape):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' takes a list of two tensors: an input and its residual. Received"
                f" shape {input_shape}."
            )

    def call(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Add the scaled residual."""
        return inputs[0] + inputs[1] * self.scale

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the first input."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}
