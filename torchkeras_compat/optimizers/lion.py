"""Lion."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.optimizers.base import Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.group_value import GroupValue
from torchkeras_compat.optimizers.scaling import add_scaled_


class Lion(Optimizer):
    """Steps of one size: ``w -= lr * sign(beta_1 * m + (1 - beta_1) * g)``.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Fraction of the momentum in the step, in (0, 1].
        beta_2: Decay of the momentum.
        kwargs: Arguments of `Optimizer`.

    Raises:
        ValueError: ``beta_1`` is not in (0, 1].

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> Lion(0.1, params=[w]).step(); round(w.item(), 4)
        0.9

    Source: Chen et al. 2023, algorithm 2.
    """

    _slots = (("momentum",),)
    beta_1 = GroupValue("betas", 0)
    beta_2 = GroupValue("betas", 1)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        self.beta_1 = beta_1
        self.beta_2 = beta_2
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
        if not 0 < beta_1 <= 1:
            raise ValueError(
                "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer degenerates to SignSGD."
                f" Received: beta_1={beta_1}."
            )

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), momentum = numbers, moments["momentum"]
        beta_1, beta_2 = self.param_groups[0]["betas"]
        mixed = torch._foreach_lerp(momentum, gradients, 1.0 - beta_1)
        add_scaled_(tensors, torch._foreach_sign(mixed), -rate)
        torch._foreach_lerp_(momentum, gradients, 1.0 - beta_2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
