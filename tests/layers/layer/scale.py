"""A layer with one weight."""

from __future__ import annotations

from torchkeras_compat.layers.layer.layer import Layer


class Scale(Layer):
    """One weight an input feature."""

    def __init__(self, factor: float = 1.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale * self.factor
