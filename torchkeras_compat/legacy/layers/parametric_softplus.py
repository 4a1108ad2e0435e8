"""`ParametricSoftplus`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

from torchkeras_compat.initializers.constants import Constant
from torchkeras_compat.legacy.layers.element_weights import ElementWeights


class ParametricSoftplus(ElementWeights):
    """``alpha * log(1 + exp(beta * x))`` with learned ``alpha`` and ``beta``.

    Args:
        alpha_init: First value of ``alpha``.
        beta_init: First value of ``beta``.
        weights: Two arrays to start from; None for none.
        shared_axes: Axes, counted from 1, along which the weights are the same; None for none.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: an axis that is not shared has no known size.

    Example:
        >>> ParametricSoftplus()(torch.zeros(1, 2)).detach()
        tensor([[0.1386, 0.1386]])

    Source: McFarland et al. 2013; Keras 1.2 API, layers/ParametricSoftplus.
    """

    def __init__(
        self,
        alpha_init: float = 0.2,
        beta_init: float = 5.0,
        weights: Sequence[Any] | None = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(shared_axes, weights, **kwargs)
        self.alpha_init = float(alpha_init)
        self.beta_init = float(beta_init)

    def build(self, input_shape: Sequence[int | None]) -> None:
        shape = self._element_shape(input_shape)
        self.alphas = self._element_weight("alphas", shape, Constant(self.alpha_init))
        self.betas = self._element_weight("betas", shape, Constant(self.beta_init))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the activation."""
        return self.alphas.value * F.softplus(self.betas.value * inputs)

    def get_config(self) -> dict[str, Any]:
        own = {"alpha_init": self.alpha_init, "beta_init": self.beta_init, "shared_axes": self.shared_axes}
        return {**super().get_config(), **own}
