"""RMSprop."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.optimizers.base import Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.group_value import GroupValue
from torchkeras_compat.optimizers.late_momentum import LateMomentum
from torchkeras_compat.optimizers.scaling import add_ratio_


class RMSprop(LateMomentum, Optimizer):
    """``v = rho * v + (1 - rho) * g²``, ``w -= lr * g / sqrt(v + epsilon)``; torch adds its epsilon outside the root.

    Args:
        learning_rate: Float, schedule or callable.
        rho: Decay of the second moment.
        momentum: Momentum of the update.
        epsilon: Small number under the root.
        centered: Whether the squared mean gradient is subtracted from the second moment.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> RMSprop(0.1, params=[w]).step(); round(w.item(), 3)
        0.684

    Source: Keras API, optimizers/RMSprop; Hinton 2012.
    """

    momentum = GroupValue("momentum")
    _slots_before_momentum = (("velocity",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        wanted = {"velocity": True, "momentum": momentum is not None and momentum > 0, "average_gradient": centered}
        self._slots = tuple((name,) for name, is_wanted in wanted.items() if is_wanted)
        self._awaits_momentum = not wanted["momentum"]
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

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), velocity = numbers, moments["velocity"]
        torch._foreach_mul_(velocity, self.rho)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - self.rho)
        if self.centered:
            average = moments["average_gradient"]
            torch._foreach_lerp_(average, gradients, 1.0 - self.rho)
            spread: Any = torch._foreach_addcmul(velocity, average, average, -1.0)
        else:
            spread = velocity
        roots = torch._foreach_add(spread, self.epsilon)
        torch._foreach_sqrt_(roots)
        factor = self.param_groups[0]["momentum"]
        if not factor:
            add_ratio_(tensors, gradients, roots, -rate)
            return
        momentum = moments["momentum"]
        torch._foreach_mul_(momentum, factor)
        add_ratio_(momentum, gradients, roots, rate)
        torch._foreach_sub_(tensors, momentum)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
