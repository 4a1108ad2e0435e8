"""What the layers share that move values and change none."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.shapes import symbolic


class Rearrangement(Layer):
    """Base of the layers whose output holds the values of the input, in its dtype if that is not floating point."""

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return a KerasTensor of the shape and dtype that ``call`` would give."""
        is_cast = "float" in inputs.dtype and self.autocast
        return symbolic(self.compute_output_shape(inputs.shape), self.compute_dtype if is_cast else inputs.dtype)
