"""`MaxoutDense`: the largest of several dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.layers.dense_arguments import DenseArguments
from torchkeras_compat.variables import Variable


class MaxoutDense(DenseArguments):
    """The largest, element by element, of ``nb_feature`` linear layers: ``max_k(inputs @ W[k] + b[k])``.

    Args:
        output_dim: Width of the output, a positive int.
        nb_feature: Number of linear layers, a positive int.
        init: Initializer of ``W``, in Keras 1's names.
        weights: ``W`` and ``b`` to start from; None for none.
        W_regularizer: Penalty of ``W``, added to the loss.
        b_regularizer: Penalty of ``b``.
        activity_regularizer: Penalty of the output.
        W_constraint: Applied to ``W`` after each update.
        b_constraint: Applied to ``b``.
        bias: Whether there is ``b``.
        input_dim: Width of the input, for the first layer of a model.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, features)``.
    Output shape:
        ``(batch, output_dim)``.

    Raises:
        ValueError: ``output_dim`` or ``nb_feature`` is not a positive int, or the inputs have other axes.

    Example:
        >>> MaxoutDense(3, nb_feature=2)(torch.ones(2, 4)).shape
        torch.Size([2, 3])

    Source: Goodfellow et al. 2013, section 2; Keras 1.2 API, layers/MaxoutDense.
    """

    W: Variable
    b: Variable | None

    def __init__(
        self,
        output_dim: int,
        nb_feature: int = 4,
        init: Any = "glorot_uniform",
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
        for name, value in (("output_dim", output_dim), ("nb_feature", nb_feature)):
            if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
                raise ValueError(f"`{name}` of MaxoutDense is a positive int. Received: {name}={value!r}")
        self.output_dim = output_dim
        self.nb_feature = nb_feature
        self.b = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = self._features(input_shape)
        self.W = self.add_weight(
            shape=(self.nb_feature, features, self.output_dim),
            initializer=self.init,
            regularizer=self.W_regularizer,
            constraint=self.W_constraint,
            name="W",
        )
        if self.bias:
            self.b = self.add_weight(
                shape=(self.nb_feature, self.output_dim),
                initializer="zeros",
                regularizer=self.b_regularizer,
                constraint=self.b_constraint,
                name="b",
            )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        parts = torch.matmul(inputs, self.W.value)  # (nb_feature, batch, output_dim)
        if self.b is not None:
            parts = parts + self.b.value.unsqueeze(1)
        return parts.amax(0)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return (input_shape[0], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim, "nb_feature": self.nb_feature}
