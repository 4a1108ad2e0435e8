"""The arguments that `MaxoutDense` and `Highway` of Keras 1 have in common, in its spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.legacy.initializers.keras1 import get as initializer
from torchkeras_compat.legacy.layers.initial_weights import set_when_built


class DenseArguments(Layer):
    """Base of dense layers of Keras 1 on ``(batch, features)``.

    Args:
        init: Initializer of the kernels, in Keras 1's names.
        weights: Arrays to start from; None for none.
        W_regularizer: Penalty of the kernel, added to the loss.
        b_regularizer: Penalty of the bias.
        W_constraint: Applied to the kernel after each update.
        b_constraint: Applied to the bias.
        bias: Whether to add a bias.
        kwargs: Arguments of `Layer`.
    """

    _takes_integers = False

    def __init__(
        self,
        init: Any,
        weights: Sequence[Any] | None,
        W_regularizer: Any,
        b_regularizer: Any,
        W_constraint: Any,
        b_constraint: Any,
        bias: bool,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("input_dim") is None:
            kwargs.pop("input_dim", None)
        super().__init__(**kwargs)
        self.init = initializer(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.input_spec = InputSpec(ndim=2)
        set_when_built(self, weights)

    def _features(self, input_shape: Sequence[int | None]) -> int:
        features = input_shape[-1]
        if len(input_shape) != 2 or features is None:
            raise ValueError(
                f"{type(self).__name__} '{self.name}' takes inputs (batch, features) with known features. Received"
                f" shape {tuple(input_shape)}. Use `TimeDistributed` around it for sequences."
            )
        self.input_spec = InputSpec(ndim=2, axes={1: features})
        return features

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "init": initializers.serialize(self.init),
            "W_regularizer": regularizers.serialize(self.W_regularizer),
            "b_regularizer": regularizers.serialize(self.b_regularizer),
            "W_constraint": constraints.serialize(self.W_constraint),
            "b_constraint": constraints.serialize(self.b_constraint),
            "bias": self.bias,
        }
