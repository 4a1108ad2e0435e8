"""Adam and AdamW."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.optimizers.base import FUSED_DEVICES, HostNumbers, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.group_value import GroupValue
from torchkeras_compat.optimizers.scaling import Number, add_ratio_


class Adam(Optimizer):
    """Adam, with the epsilon of the paper's section 2 ("epsilon hat").

    ``w -= lr * sqrt(1 - b2**t) / (1 - b1**t) * m / (sqrt(v) + epsilon)``: torch's Adam adds its epsilon to the
    corrected root instead, so torch's fused kernel runs here with a learning rate that holds the correction.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Decay of the first moment, in [0, 1).
        beta_2: Decay of the second moment, in [0, 1).
        epsilon: Small number in the denominator.
        amsgrad: Whether the largest second moment so far is used.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> Adam(0.1, params=[w]).step(); round(w.item(), 4)
        0.9

    Source: Kingma and Ba 2015, algorithm 1 and section 2; Reddi et al. 2018 for AMSGrad.
    """

    _slots: tuple[tuple[str, ...], ...] = (("momentum", "velocity"),)
    beta_1 = GroupValue("betas", 0)
    beta_2 = GroupValue("betas", 1)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.epsilon = epsilon
        self.amsgrad = bool(amsgrad)
        if amsgrad:
            self._slots = (("momentum", "velocity"), ("velocity_hat",))
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

    def _prepare(self) -> None:
        # With an infinite count the kernel's own bias correction is 1; the learning rate holds it instead.
        self._infinity: torch.Tensor | None = None
        if self._tensors:
            self._make_infinity(self._tensors[0].device)

    def _make_infinity(self, device: torch.device) -> torch.Tensor:
        self._infinity = torch.full((), math.inf, dtype=torch.float32, device=device)
        return self._infinity

    def _follow(self, device: torch.device) -> None:
        super()._follow(device)
        self._make_infinity(device)

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        beta_1, beta_2 = self.param_groups[0]["betas"]
        return (rate * (math.sqrt(1.0 - beta_2**step) / (1.0 - beta_1**step)),)

    def _is_fused(self, first: torch.Tensor) -> bool:
        return first.device.type in FUSED_DEVICES and first.is_floating_point() and not self._is_mixed

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        first, (rate,) = tensors[0], numbers
        momentum, velocity = moments["momentum"], moments["velocity"]
        largest = moments["velocity_hat"] if self.amsgrad else []
        is_double = first.dtype is torch.float64 and isinstance(rate, torch.Tensor)  # the kernel takes a float32
        if is_double or not self._is_fused(first):
            self._update_foreach(tensors, gradients, momentum, velocity, largest, rate)
            return
        beta_1, beta_2 = self.param_groups[0]["betas"]
        count = self._infinity
        if count is None or count.device != first.device:
            count = self._make_infinity(first.device)
        torch._fused_adam_(
            tensors,
            gradients,
            momentum,
            velocity,
            largest,
            [count] * len(tensors),
            lr=rate,
            beta1=beta_1,
            beta2=beta_2,
            weight_decay=0.0,
            eps=self.epsilon,
            amsgrad=self.amsgrad,
            maximize=False,
            grad_scale=self._scale_of_gradients,
            found_inf=self._skips,
        )

    def _update_foreach(
        self,
        tensors: Tensors,
        gradients: Tensors,
        momentum: Tensors,
        velocity: Tensors,
        largest: Tensors,
        rate: Number,
    ) -> None:
        """The same where no fused kernel takes the tensors."""
        beta_1, beta_2 = self.param_groups[0]["betas"]
        torch._foreach_lerp_(momentum, gradients, 1.0 - beta_1)
        torch._foreach_mul_(velocity, beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - beta_2)
        if largest:
            torch._foreach_maximum_(largest, velocity)
        roots = torch._foreach_sqrt(largest or velocity)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio_(tensors, momentum, roots, -rate)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }


class AdamW(Adam):
    """Adam with weight decay 0.004 by default; the other arguments are those of `Adam`.

    Source: Loshchilov and Hutter 2019.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        if weight_decay is None:
            raise ValueError(
                "Argument `weight_decay` must be a float. Received: weight_decay=None. Use `Adam` for none."
            )
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
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
