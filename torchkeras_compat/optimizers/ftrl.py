"""FTRL-Proximal."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.scaling import add_, add_product_

SMALLEST_RATE = 1e-30  # whose inverse, times a gradient, is still a float32


class Ftrl(Optimizer):
    """Follow the regularized leader: weights that many examples do not need become exactly zero.

    With ``s = a ** -learning_rate_power`` before and ``s'`` after ``a += g²``::

        z += g + 2 * l2_shrinkage * w - (s' - s) / lr * w
        w  = (clip(z, -l1, l1) - z) / (s' / lr + 2 * (l2 + beta / (2 * lr)))

    A learning rate of 0, where the formula has no value and Keras gets NaN, leaves ``a``, ``z`` and ``w`` as they are.

    Args:
        learning_rate: Float, schedule or callable.
        learning_rate_power: How fast the rate falls with the squared gradients, not positive; 0 for a fixed rate.
        initial_accumulator_value: First value of ``a``, not negative.
        l1_regularization_strength: ``l1``, not negative.
        l2_regularization_strength: ``l2``, not negative.
        l2_shrinkage_regularization_strength: Penalty of the weight itself, of which only the gradient is taken; not
            negative.
        beta: ``beta`` of the paper.
        kwargs: Arguments of `Optimizer`.

    Raises:
        ValueError: one of them has the wrong sign.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> Ftrl(0.5, params=[w]).step(); round(w.item(), 4)
        0.2218

    Source: McMahan et al. 2013, algorithm 1; Keras API, optimizers/Ftrl.
    """

    _slots = (("accumulator", "linear"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        super().__init__(
            learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        if learning_rate_power > 0.0:
            raise ValueError(
                "`learning_rate_power` needs to be negative or zero. Received:"
                f" learning_rate_power={learning_rate_power}."
            )
        for argument, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if value < 0.0:
                raise ValueError(f"`{argument}` needs to be positive or zero. Received: {argument}={value}.")

    def _prepare(self) -> None:
        for accumulator in self._moments["accumulator"]:
            accumulator.fill_(self.initial_accumulator_value)

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        if rate < SMALLEST_RATE:
            return None
        return 1.0 / rate, 2.0 * self.l2_regularization_strength + self.beta / rate

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        slowness, stiffness = numbers
        accumulator, linear = moments["accumulator"], moments["linear"]
        before = self._powers(accumulator)
        torch._foreach_addcmul_(accumulator, gradients, gradients, 1.0)
        bottom = self._powers(accumulator)
        torch._foreach_sub_(before, bottom)
        torch._foreach_add_(linear, gradients)
        if self.l2_shrinkage_regularization_strength:
            torch._foreach_add_(linear, tensors, alpha=2.0 * self.l2_shrinkage_regularization_strength)
        add_product_(linear, before, tensors, slowness)
        torch._foreach_mul_(bottom, slowness)
        add_(bottom, stiffness)
        l1 = self.l1_regularization_strength
        top: Any = linear
        if l1:
            top = torch._foreach_clamp_max(torch._foreach_clamp_min(linear, -l1), l1)
            torch._foreach_sub_(top, linear)
        else:
            torch._foreach_neg_(bottom)
        values = torch._foreach_div(top, bottom)
        if self._is_sharded:  # DTensor knows no foreach pass for this
            for tensor, value in zip(tensors, values, strict=True):
                tensor.copy_(value)
        else:
            torch._foreach_copy_(tensors, values)

    def _powers(self, accumulator: Tensors) -> Any:
        if self.learning_rate_power == -0.5:  # a general power takes 30 times a root
            return torch._foreach_sqrt(accumulator)
        return torch._foreach_pow(accumulator, -self.learning_rate_power)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
