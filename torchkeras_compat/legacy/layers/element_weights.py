"""What activation layers of Keras 1 have in common: weights of the shape of a sample, shared along given axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import initializers
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.legacy.layers.initial_weights import set_when_built
from torchkeras_compat.variables import Variable


class ElementWeights(Layer):
    """Base of the layers with a few weights for each element of a sample.

    Args:
        shared_axes: Axes, counted from 1, along which the weights are the same; None for none.
        weights: Arrays to start from; None for none.
        kwargs: Arguments of `Layer`.
    """

    _takes_integers = False

    def __init__(self, shared_axes: Any, weights: Sequence[Any] | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes or ())
        self.shared_axes = [axis for axis in axes if axis is not None] or None
        set_when_built(self, weights)

    def _element_shape(self, input_shape: Sequence[int | None]) -> tuple[int, ...]:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            if not 1 <= axis <= len(shape):
                raise ValueError(
                    f"`shared_axes` of {type(self).__name__} '{self.name}' are axes from 1 to {len(shape)} of inputs of"
                    f" shape {tuple(input_shape)}. Received: {self.shared_axes}"
                )
            shape[axis - 1] = 1
        known = tuple(n for n in shape if n is not None)
        if len(known) != len(shape):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' needs the size of every axis that is not shared. Received shape"
                f" {tuple(input_shape)}; give the sizes, or `shared_axes`."
            )
        return known

    def _element_weight(self, name: str, shape: tuple[int, ...], initializer: Any) -> Variable:
        return self.add_weight(shape=shape, initializer=initializers.get(initializer), name=name)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the activation; every subclass defines it."""
        raise NotImplementedError
