"""`PReLU`: a rectifier whose slope below 0 is learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layouts import Reshaped
from torchkeras_compat.variables import Variable


class PReLU(Layer):
    """``x`` where positive, ``alpha * x`` below, with a learned ``alpha`` for each element of a sample.

    Computes through ``self.prelu``, a ``torch.nn.PReLU`` whose weight ``alpha`` is, where ``alpha`` differs along one
    axis at most: for images with ``shared_axes=[1, 2]``, and for plain vectors.

    Args:
        alpha_initializer: Initializer of ``alpha``.
        alpha_regularizer: Penalty of ``alpha``, added to the loss.
        alpha_constraint: Applied to ``alpha`` after each update.
        shared_axes: Axes, counted from 1, along which ``alpha`` is the same; None for none.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: an axis that is not shared has no known size.

    Example:
        >>> PReLU(alpha_initializer="ones")(torch.tensor([[-1.0, 2.0]])).tolist()
        [[-1.0, 2.0]]

    Source: Keras API, layers/PReLU. He et al. 2015.
    """

    _takes_integers = False

    alpha: Variable
    prelu: nn.PReLU
    _slope_axis: int | None  # along which `alpha` differs; None where no torch module computes it

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)

    def build(self, input_shape: Sequence[int | None]) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(
                f"PReLU '{self.name}' needs the size of every axis that is not shared. Received shape {input_shape}; "
                f"give the sizes, or shared_axes. Shared are: {self.shared_axes}."
            )
        axes = {i: n for i, n in enumerate(shape, 1) if i not in (self.shared_axes or ())}
        self.alpha = self._make_alpha(tuple(shape), axes)  # type: ignore[arg-type]
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def _make_alpha(self, shape: tuple[int, ...], axes: dict[int, int | None]) -> Variable:
        """Make the weight: that of a torch module if it differs along one axis, which torch wants to be the second."""
        self._slope_axis = next(iter(axes), 1) if len(axes) < 2 and not self._is_mixed else None
        if self._slope_axis is None:
            return self.add_weight(
                shape=shape,
                initializer=self.alpha_initializer,
                regularizer=self.alpha_regularizer,
                constraint=self.alpha_constraint,
                name="alpha",
            )
        self._make_torch_module("prelu", nn.PReLU, math.prod(shape))
        return self._add_weight_view(
            "alpha",
            [(self.prelu, "weight")],
            self.alpha_initializer,
            Reshaped(*shape),
            self.alpha_regularizer,
            self.alpha_constraint,
        )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the activation."""
        if self._slope_axis is None:
            return F.relu(inputs) - self.alpha.value * F.relu(-inputs)
        if self._slope_axis == 1:
            outputs: torch.Tensor = self.prelu(inputs)
            return outputs
        outputs = self.prelu(inputs.movedim(self._slope_axis, 1))
        return outputs.movedim(1, self._slope_axis)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
