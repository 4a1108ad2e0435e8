"""Schedule-free AdamW."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.optimizers.adam_like import AdamLike
from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Slots, Tensors
from torchkeras_compat.optimizers.scaling import add_ratio_, lerp_


class ScheduleFreeAdamW(AdamLike):
    """The mean of the points that Adam without momentum goes through, in place of a falling learning rate.

    ``z -= lr * g / (sqrt(v) + epsilon)`` with a corrected second moment, ``w = (1 - 1 / t) * w + z / t``.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Where between ``z`` and ``w`` the paper takes gradients. Keras takes them at ``w``, so do we, and no
            number depends on it.
        beta_2: Decay of the second moment.
        epsilon: Small number in the denominator.
        warmup_steps: Updates in which the learning rate grows to its value in equal steps.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> ScheduleFreeAdamW(0.1, params=[w]).step(); round(w.item(), 4)
        0.9

    Source: Defazio et al. 2024; Keras API, optimizers/ScheduleFreeAdamW.
    """

    _slots = (("momentum", "velocity"),)

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.warmup_steps = warmup_steps
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
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

    def _prepare(self) -> None:
        if self._tensors:
            torch._foreach_copy_(self._moments["momentum"], [t.detach() for t in self._tensors])

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        if step < self.warmup_steps:
            rate *= step / self.warmup_steps
        return rate, math.sqrt(1.0 - self.param_groups[0]["betas"][1] ** step), 1.0 / step

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        rate, correction, weight = numbers
        point, velocity = moments["momentum"], moments["velocity"]
        beta_2 = self.param_groups[0]["betas"][1]
        torch._foreach_mul_(velocity, beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - beta_2)
        roots = torch._foreach_sqrt(velocity)
        torch._foreach_div_(roots, correction)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio_(point, gradients, roots, -rate)
        lerp_(tensors, point, weight)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "warmup_steps": self.warmup_steps}
