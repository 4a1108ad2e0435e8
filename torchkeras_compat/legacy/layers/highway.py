"""`Highway`: a dense layer with a gate that lets its input pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

from torchkeras_compat import activations
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.legacy.layers.dense_arguments import DenseArguments
from torchkeras_compat.variables import Variable


class Highway(Activated, DenseArguments):
    """``t * activation(x @ W + b) + (1 - t) * x`` with the gate ``t = sigmoid(x @ W_carry + b_carry)``.

    Args:
        init: Initializer of ``W`` and ``W_carry``, in Keras 1's names.
        activation: Name or callable; None for the identity.
        weights: ``W``, ``W_carry``, ``b`` and ``b_carry`` to start from; None for none.
        W_regularizer: Penalty of ``W``, added to the loss.
        b_regularizer: Penalty of ``b``.
        activity_regularizer: Penalty of the output.
        W_constraint: Applied to ``W`` after each update.
        b_constraint: Applied to ``b``.
        bias: Whether there are ``b`` and ``b_carry``, which start at 0 and at 1.
        input_dim: Width of the input, for the first layer of a model.
        kwargs: Arguments of `Layer`; ``transform_bias`` of early versions is accepted and, as in Keras 1.2, not used.

    Input shape:
        ``(batch, features)``.
    Output shape:
        The same.

    Raises:
        ValueError: the inputs have other axes.

    Example:
        >>> Highway(activation="relu")(torch.ones(2, 4)).shape
        torch.Size([2, 4])

    Source: Srivastava et al. 2015, equation 3; Keras 1.2 API, layers/Highway.
    """

    W: Variable
    W_carry: Variable
    b: Variable | None
    b_carry: Variable | None

    def __init__(
        self,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Sequence[Any] | None = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("transform_bias", None)
        super().__init__(
            init,
            weights,
            W_regularizer,
            b_regularizer,
            W_constraint,
            b_constraint,
            bias,
            activity_regularizer=activity_regularizer,
            input_dim=input_dim,
            **kwargs,
        )
        self.activation = activations.get(activation)
        self.b = self.b_carry = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = self._features(input_shape)
        square = (features, features)
        self.W = self.add_weight(
            shape=square,
            initializer=self.init,
            regularizer=self.W_regularizer,
            constraint=self.W_constraint,
            name="W",
        )
        self.W_carry = self.add_weight(shape=square, initializer=self.init, name="W_carry")
        if self.bias:
            self.b = self.add_weight(
                shape=(features,),
                initializer="zeros",
                regularizer=self.b_regularizer,
                constraint=self.b_constraint,
                name="b",
            )
            self.b_carry = self.add_weight(shape=(features,), initializer="ones", name="b_carry")

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        b, b_carry = (None if v is None else v.value for v in (self.b, self.b_carry))
        gate = torch.sigmoid(F.linear(inputs, self.W_carry.value.T, b_carry))
        new = F.linear(inputs, self.W.value.T, b)
        return torch.lerp(inputs, new if self._activate is None else self._activate(new), gate)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
