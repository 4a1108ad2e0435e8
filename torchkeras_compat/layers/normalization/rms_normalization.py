"""`RMSNormalization`: mean square 1 within each sample."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.normalization.arguments import (
    check_axes,
    check_number,
    known_sizes,
    normalized_axes,
    spec_of_axes,
)
from torchkeras_compat.layers.normalization.axis_order import TrailingAxes, weight_layout
from torchkeras_compat.layers.normalization.precision import in_float32, is_half


class RMSNormalization(Layer):
    """Divides by the root mean square over axes of each sample: ``x / sqrt(mean(x**2) + epsilon) * scale``.

    Computes through ``self.norm``, a ``torch.nn.RMSNorm``, in float32 if the layer has half precision.

    Args:
        axis: Axis or axes to normalize over; ``scale`` has their sizes.
        epsilon: Added to the mean square.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``, floating point.
    Output shape:
        That of the input.

    Raises:
        TypeError: ``axis`` is neither an int nor a list or tuple of ints; ``epsilon`` is not a number.
        ValueError: the input has no such axis, or its size is unknown or another than at first.

    Example:
        >>> RMSNormalization()(torch.tensor([[3.0, 4.0]])).detach()
        tensor([[0.8485, 1.1314]])

    Source: Zhang and Sennrich 2019, eq. 4.
    """

    _takes_integers = False

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_axes(axis, "`axis` of RMSNormalization must be an int or a list/tuple of ints.")
        self.axis = axis
        self.epsilon = check_number("epsilon", epsilon, "RMSNormalization")

    def build(self, input_shape: Any) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        owner = f"RMSNormalization '{self.name}'"
        order = TrailingAxes(self.axis, len(input_shape), owner)
        sizes = known_sizes(order.axes, input_shape, owner)
        self.__dict__["_order"] = order
        self.__dict__["_is_half"] = is_half(self)
        self._make_torch_module("norm", nn.RMSNorm, sizes, eps=self.epsilon)
        layout = weight_layout(self.axis, input_shape, sizes)
        self.scale = self._add_weight_view("scale", [(self.norm, "weight")], "ones", layout)
        self.input_spec = spec_of_axes(self.axis, input_shape)

    def call(self, x: torch.Tensor) -> torch.Tensor:
        """Normalize."""
        order = self._order.at_rank(x.ndim)
        x = order.apply(x)
        x = in_float32(self.norm, x, self._compute_torch_dtype) if self._is_half else self.norm(x)
        return order.undo(x)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return ``input_shape``, if the input has the axes to normalize over.

        Raises:
            ValueError: it has not.
        """
        normalized_axes(self.axis, len(input_shape), f"RMSNormalization '{self.name}'")
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
