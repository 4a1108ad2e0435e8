"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.optimizers.base import FUSED_DEVICES, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.group_value import GroupValue
from torchkeras_compat.optimizers.late_momentum import LateMomentum
from torchkeras_compat.optimizers.scaling import Number, add_scaled_
from torchkeras_compat.variables import Variable


class SGD(LateMomentum, Optimizer):
    """``v = momentum * v - lr * g``, ``w += v``; with ``nesterov``, ``w += momentum * v - lr * g``.

    torch's SGD multiplies its velocity by the learning rate when it is applied, which differs when the rate changes.

    Args:
        learning_rate: Float, schedule or callable.
        momentum: In [0, 1].
        nesterov: Whether to use Nesterov momentum.
        kwargs: Arguments of `Optimizer`.

    Raises:
        ValueError: ``momentum`` is not in [0, 1].

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> SGD(0.1, params=[w]).step(); round(w.item(), 4)
        0.9

    Source: Keras API, optimizers/SGD.
    """

    momentum = GroupValue("momentum")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        if not isinstance(momentum, (int, float)) or not 0 <= momentum <= 1:
            raise ValueError(f"`momentum` must be a float between [0, 1]. Received: momentum={momentum}")
        self.momentum = momentum
        self.nesterov = bool(nesterov)
        self._slots = (("momentum",),) if momentum else ()
        self._awaits_momentum = not momentum
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

    @property
    def momentums(self) -> list[Variable]:
        """The velocities, one for each variable; none without ``momentum``."""
        return [v for v in self._tracked if v.name.endswith("_momentum")]

    def _is_fused(self, first: torch.Tensor) -> bool:
        # torch 2.13's fused kernel for the CPU leaves most of a half-precision tensor as it was.
        is_exact = first.itemsize > 2 or first.device.type != "cpu"
        if self._is_mixed or self._is_sharded:  # DTensor has no way to share out this kernel
            return False
        return is_exact and first.device.type in FUSED_DEVICES

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), momentum = numbers, self.param_groups[0]["momentum"]
        velocity = moments["momentum"] if momentum else []
        is_double = tensors[0].dtype is torch.float64 and isinstance(rate, torch.Tensor)  # the kernel takes a float32
        if self._is_fused(tensors[0]) and not is_double:
            self._update_fused(tensors, gradients, velocity, rate, momentum)
        elif not velocity:
            add_scaled_(tensors, gradients, -rate)
        else:
            torch._foreach_mul_(velocity, momentum)
            add_scaled_(velocity, gradients, -rate)
            if self.nesterov:
                torch._foreach_add_(tensors, velocity, alpha=momentum)
                add_scaled_(tensors, gradients, -rate)
            else:
                torch._foreach_add_(tensors, velocity)

    def _update_fused(
        self, tensors: Tensors, gradients: Tensors, velocity: Tensors, rate: Number, momentum: float
    ) -> None:
        # torch's kernel computes b = momentum * b + (1 - dampening) * g, then w -= lr * b. Keras's velocity holds the
        # learning rate already: with lr = -1 the kernel adds it, with dampening = 1 + rate it takes -rate * g in.
        dampening, lr = 0.0, rate
        if velocity:
            lr = -1.0
            if self.nesterov or isinstance(rate, torch.Tensor):  # the kernel may add the gradient itself too
                gradients = list(torch._foreach_mul(gradients, -rate))
            else:
                dampening = 1.0 + rate
        torch._fused_sgd_(
            tensors,
            gradients,
            velocity,
            weight_decay=0.0,
            momentum=momentum,
            lr=lr,
            dampening=dampening,
            nesterov=self.nesterov and bool(velocity),
            maximize=False,
            is_first_step=False,
            grad_scale=self._scale_of_gradients,
            found_inf=self._skips,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
