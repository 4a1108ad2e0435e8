"""`SReLU`: an S-shaped rectifier of three straight parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import initializers
from torchkeras_compat.legacy.initializers.keras1 import get as initializer
from torchkeras_compat.legacy.layers.element_weights import ElementWeights

_WEIGHTS = ("t_left", "a_left", "t_right", "a_right")


class SReLU(ElementWeights):
    """``x`` between two thresholds; beyond them it goes on with other slopes. All four are learned.

    ``t_left + a_left * (x - t_left)`` below ``t_left``, ``t + a_right * (x - t)`` above ``t = t_left + |t_right|``.

    Args:
        t_left_init: Initializer of ``t_left``, in Keras 1's names.
        a_left_init: Initializer of ``a_left``.
        t_right_init: Initializer of ``t_right``.
        a_right_init: Initializer of ``a_right``.
        shared_axes: Axes, counted from 1, along which the weights are the same; None for none.
        weights: Four arrays to start from; None for none.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: an axis that is not shared has no known size, or an initializer is unknown.

    Example:
        >>> layer = SReLU(a_left_init="zero", t_right_init="one", a_right_init="zero")
        >>> layer(torch.tensor([[-1.0, 0.5, 3.0]])).tolist()
        [[0.0, 0.5, 1.0]]

    Source: Jin et al. 2015, equation 2; Keras 1.2 API, layers/SReLU.
    """

    def __init__(
        self,
        t_left_init: Any = "zero",
        a_left_init: Any = "glorot_uniform",
        t_right_init: Any = "glorot_uniform",
        a_right_init: Any = "one",
        shared_axes: Any = None,
        weights: Sequence[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(shared_axes, weights, **kwargs)
        self.t_left_init = initializer(t_left_init)
        self.a_left_init = initializer(a_left_init)
        self.t_right_init = initializer(t_right_init)
        self.a_right_init = initializer(a_right_init)

    def build(self, input_shape: Sequence[int | None]) -> None:
        shape = self._element_shape(input_shape)
        for name in _WEIGHTS:
            setattr(self, name, self._element_weight(name, shape, getattr(self, f"{name}_init")))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the activation."""
        t_left, a_left, t_right, a_right = (getattr(self, name).value for name in _WEIGHTS)
        end = t_left + t_right.abs()
        middle = torch.minimum(torch.maximum(inputs, t_left), end)
        below = a_left * (inputs - t_left).clamp(max=0.0)
        outputs: torch.Tensor = middle + below + a_right * (inputs - end).clamp(min=0.0)
        return outputs

    def get_config(self) -> dict[str, Any]:
        own = {f"{name}_init": initializers.serialize(getattr(self, f"{name}_init")) for name in _WEIGHTS}
        return {**super().get_config(), **own, "shared_axes": self.shared_axes}
