"""`ThresholdedReLU`."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras_compat.layers.activations.relu import ElementwiseActivation


class ThresholdedReLU(ElementwiseActivation):
    """``x`` above ``theta``, else 0.

    Computes through ``self.activation``, a ``torch.nn.Threshold``.

    Args:
        theta: Threshold, not negative.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``theta`` is None or negative.

    Example:
        >>> ThresholdedReLU(theta=1.0)(torch.tensor([-1.0, 1.0, 2.0]))
        tensor([0., 0., 2.])

    Source: Konda et al. 2014; Keras 2.3 API, layers/ThresholdedReLU.
    """

    _followed = frozenset({"theta"})

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = theta
        self._check_arguments()
        self._set_module()

    def _module(self) -> nn.Module:
        return nn.Threshold(float(self.theta), 0.0)

    def _check_arguments(self) -> None:
        if self.theta is None or self.theta < 0:
            raise ValueError(f"theta of ThresholdedReLU is a number that is not negative. Received: theta={self.theta}")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": self.theta}
