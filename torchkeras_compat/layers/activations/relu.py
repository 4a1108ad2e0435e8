"""`ReLU`, `LeakyReLU` and `ELU` as layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer


class ElementwiseActivation(Layer):
    """Base of the activation layers that compute element by element."""

    _takes_integers = False

    activation: nn.Module

    def _set_module(self) -> None:
        self.supports_masking = True
        self._keep_torch_module("activation", self._module())
        self._skip_building()

    def _module(self) -> nn.Module:
        """Return the torch module that computes with the arguments."""
        raise NotImplementedError

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if self.built and name in self._followed:
            self._check_arguments()
            self._keep_torch_module("activation", self._module())

    def _check_arguments(self) -> None:
        """Raise a ValueError where one cannot be used."""

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the activation."""
        outputs: torch.Tensor = self.activation(inputs)
        return outputs

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape


class ReLU(ElementwiseActivation):
    """``x`` above ``threshold``, at most ``max_value``; below, ``negative_slope * (x - threshold)``.

    Computes through ``self.activation``: a ``torch.nn.ReLU`` with the default arguments, a ``torch.nn.ReLU6`` or
    ``torch.nn.Hardtanh`` with a limit alone, a ``torch.nn.LeakyReLU`` with a slope alone, a ``torch.nn.Threshold`` with
    a threshold alone.

    Args:
        max_value: Largest output, not negative; None for no limit.
        negative_slope: Slope below the threshold, not negative.
        threshold: Where the output starts to be ``x``, not negative.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: an argument is negative.

    Example:
        >>> ReLU(max_value=2)(torch.tensor([-1.0, 1.0, 3.0]))
        tensor([0., 1., 2.])

    Source: Keras API, layers/ReLU.
    """

    _followed = frozenset({"max_value", "negative_slope", "threshold"})

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self._check_arguments()
        self._set_module()

    def _module(self) -> nn.Module:
        return _rectifier(self.max_value, self.negative_slope, self.threshold)

    def _check_arguments(self) -> None:
        max_value, negative_slope, threshold = self.max_value, self.negative_slope, self.threshold
        if max_value is not None and max_value < 0.0:
            raise ValueError(f"max_value of a ReLU layer cannot be a negative value. Received: max_value={max_value}")
        if negative_slope is None or negative_slope < 0.0:
            raise ValueError(
                "negative_slope of a ReLU layer cannot be None or a negative value. Received: "
                f"negative_slope={negative_slope}"
            )
        if threshold is None or threshold < 0.0:
            raise ValueError(
                f"threshold of a ReLU layer cannot be None or a negative value. Received: threshold={threshold}"
            )

    def get_config(self) -> dict[str, Any]:
        config = {"max_value": self.max_value, "negative_slope": self.negative_slope, "threshold": self.threshold}
        return {**super().get_config(), **config}


def _rectifier(max_value: float | None, negative_slope: float, threshold: float) -> nn.Module:
    """Return the torch module that computes with these arguments."""
    if not threshold and not negative_slope:
        if max_value is None:
            return nn.ReLU()
        if max_value > 0:
            return nn.ReLU6() if max_value == 6 else nn.Hardtanh(0.0, max_value)
    if max_value is None and not threshold:
        return nn.LeakyReLU(negative_slope)
    if max_value is None and not negative_slope:
        return nn.Threshold(threshold, 0.0)
    return _GeneralReLU(negative_slope, max_value, threshold)


class _GeneralReLU(nn.Module):
    def __init__(self, negative_slope: float, max_value: float | None, threshold: float) -> None:
        super().__init__()
        self.arguments = (negative_slope, max_value, threshold)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        negative_slope, max_value, threshold = self.arguments
        y = torch.where(x > threshold, x, negative_slope * (x - threshold))
        return y if max_value is None else y.clamp(max=max_value)


class LeakyReLU(ElementwiseActivation):
    """``x`` where positive, ``negative_slope * x`` below.

    Computes through ``self.activation``, a ``torch.nn.LeakyReLU``; torch's default slope is 0.01.

    Args:
        negative_slope: Slope below 0, not negative.
        kwargs: Arguments of `Layer`; ``alpha``, Keras 2's name of the slope, is taken too.

    Raises:
        ValueError: ``negative_slope`` is None or negative.

    Example:
        >>> LeakyReLU(0.5)(torch.tensor([-2.0, 2.0]))
        tensor([-1.,  2.])

    Source: Keras API, layers/LeakyReLU. Maas et al. 2013.
    """

    _followed = frozenset({"negative_slope"})

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)
        super().__init__(**kwargs)
        self.negative_slope = negative_slope
        self._check_arguments()
        self._set_module()

    def _module(self) -> nn.Module:
        return nn.LeakyReLU(self.negative_slope)

    def _check_arguments(self) -> None:
        negative_slope = self.negative_slope
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. Expected a float. "
                f"Received: negative_slope={negative_slope}"
            )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(ElementwiseActivation):
    """``x`` where positive, ``alpha * (exp(x) - 1)`` below.

    Computes through ``self.activation``, a ``torch.nn.ELU``.

    Args:
        alpha: Negative limit.
        kwargs: Arguments of `Layer`.

    Example:
        >>> ELU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.6321,  2.0000])

    Source: Keras API, layers/ELU. Clevert et al. 2016.
    """

    _followed = frozenset({"alpha"})

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self._set_module()

    def _module(self) -> nn.Module:
        return nn.ELU(self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "alpha": self.alpha, **super().get_config()}  # in Keras's order
