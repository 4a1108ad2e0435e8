"""`BatchNormalizationByMode`: the modes of Keras 1's `BatchNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import initializers, regularizers
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.legacy.layers.initial_weights import set_when_built
from torchkeras_compat.variables import Variable


class BatchNormalizationByMode(Layer):
    """Normalization by the sample (mode 1), or by the batch while training and afterwards (mode 2).

    Mode 0, by the batch while training and by moving averages afterwards, is `BatchNormalization`. In mode 1 each
    vector along the last axis is ``gamma * (x - mean) / (s + epsilon) + beta`` with ``s = sqrt(variance + epsilon)``.
    Both modes keep the moving averages of Keras 1 as weights, so that its files load, and do not use them.

    Args:
        epsilon: Small number beside the variance.
        mode: 1 or 2.
        axis: Axis that is normalized in mode 2; its size is that of ``gamma`` and ``beta`` in both.
        momentum: Of the moving averages, which these modes do not update.
        weights: Four arrays to start from; None for none.
        beta_init: Initializer of ``beta``.
        gamma_init: Initializer of ``gamma``.
        gamma_regularizer: Penalty of ``gamma``, added to the loss.
        beta_regularizer: Penalty of ``beta``.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``mode`` is neither 1 nor 2, or the size of the axis is unknown.

    Example:
        >>> BatchNormalizationByMode(mode=1)(torch.tensor([[1.0, 3.0]])).detach().round(decimals=2)
        tensor([[-1.,  1.]])

    Source: Ioffe and Szegedy 2015; Keras 1.2 API, layers/BatchNormalization.
    """

    _takes_integers = False

    gamma: Variable
    beta: Variable
    running_mean: Variable
    running_std: Variable

    def __init__(
        self,
        epsilon: float = 1e-3,
        mode: int = 1,
        axis: int = -1,
        momentum: float = 0.99,
        weights: Sequence[Any] | None = None,
        beta_init: Any = "zero",
        gamma_init: Any = "one",
        gamma_regularizer: Any = None,
        beta_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if mode not in (1, 2):
            raise ValueError(
                f"`mode` is 1 (by the sample) or 2 (by the batch, always). Received: mode={mode!r}. Mode 0 is"
                " `layers.BatchNormalization`."
            )
        self.epsilon, self.mode, self.axis, self.momentum = epsilon, mode, axis, momentum
        self.beta_init, self.gamma_init = initializers.get(beta_init), initializers.get(gamma_init)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.supports_masking = True
        set_when_built(self, weights)

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        size = input_shape[self.axis] if -rank <= self.axis < rank else None
        if size is None:
            raise ValueError(
                f"BatchNormalizationByMode '{self.name}' needs to know the size of axis {self.axis}. Received shape"
                f" {tuple(input_shape)}."
            )
        starts = {
            "gamma": (self.gamma_init, self.gamma_regularizer, True),
            "beta": (self.beta_init, self.beta_regularizer, True),
            "running_mean": ("zeros", None, False),
            "running_std": ("ones", None, False),
        }
        for name, (initializer, regularizer, trainable) in starts.items():
            weight = self.add_weight(
                shape=(size,), initializer=initializer, regularizer=regularizer, trainable=trainable, name=name
            )
            setattr(self, name, weight)
        self.input_spec = InputSpec(ndim=rank, axes={self.axis % rank: size})

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Normalize."""
        gamma, beta = self.gamma.value, self.beta.value
        if self.mode == 1:
            variance, mean = torch.var_mean(inputs, -1, correction=0, keepdim=True)
            return gamma * (inputs - mean) / ((variance + self.epsilon).sqrt() + self.epsilon) + beta
        axis = self.axis % inputs.ndim
        others = [i for i in range(inputs.ndim) if i != axis]
        keep = [-1 if i == axis else 1 for i in range(inputs.ndim)]
        variance, mean = torch.var_mean(inputs, others, correction=0, keepdim=True)
        scale = gamma.reshape(keep) * torch.rsqrt(variance + self.epsilon)
        return (inputs - mean) * scale + beta.reshape(keep)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("epsilon", "mode", "axis", "momentum")}
        return {
            **super().get_config(),
            **own,
            "beta_init": initializers.serialize(self.beta_init),
            "gamma_init": initializers.serialize(self.gamma_init),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
        }
