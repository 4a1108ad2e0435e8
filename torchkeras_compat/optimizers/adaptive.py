"""Optimizers of the Adagrad and Adam families: Adagrad, Adadelta, Adamax, Nadam."""

from __future__ import annotations

from collections import deque
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.optimizers.adam_like import AdamLike
from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.optimizers.scaling import Number, add_ratio_, add_scaled_


class Adagrad(Optimizer):
    """``a += g²``, ``w -= lr * g / sqrt(a + epsilon)``; torch adds its epsilon outside the root.

    Args:
        learning_rate: Float, schedule or callable.
        initial_accumulator_value: First value of ``a``, not negative.
        epsilon: Small number under the root.
        kwargs: Arguments of `Optimizer`.

    Raises:
        ValueError: ``initial_accumulator_value`` is negative.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(1)); w.grad = torch.ones(1)
        >>> Adagrad(0.1, params=[w]).step(); round(w.item(), 3)
        0.905

    Source: Duchi et al. 2011; Keras API, optimizers/Adagrad.
    """

    _slots = (("accumulator",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
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
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
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
        if initial_accumulator_value < 0:
            raise ValueError(f"`initial_accumulator_value` must not be negative. Received: {initial_accumulator_value}")

    def _prepare(self) -> None:
        for accumulator in self._moments["accumulator"]:
            accumulator.fill_(self.initial_accumulator_value)
        self._first_step = torch.ones((), device="cpu")

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,), accumulator, first = numbers, moments["accumulator"], tensors[0]
        is_plain = not (self._is_mixed or self._is_sharded)
        if (
            is_plain
            and first.device.type == "cpu"
            and first.dtype is torch.float32
            and _are_laid_out_alike(tensors, gradients)
        ):
            self._update_fused(tensors, gradients, accumulator, rate)
            return
        torch._foreach_addcmul_(accumulator, gradients, gradients, 1.0)
        roots = torch._foreach_add(accumulator, self.epsilon)
        torch._foreach_sqrt_(roots)
        add_ratio_(tensors, gradients, roots, -rate)

    def _update_fused(self, tensors: Tensors, gradients: Tensors, accumulator: Tensors, rate: Number) -> None:
        # torch's kernel adds its epsilon outside the root, so it runs on accumulators that hold ours. Its count only
        # matters for a decay of the rate.
        sums = torch._foreach_add(accumulator, self.epsilon)
        torch._fused_adagrad_(
            tensors,
            gradients,
            sums,
            [self._first_step] * len(tensors),
            lr=rate,
            lr_decay=0.0,
            weight_decay=0.0,
            eps=0.0,
            maximize=False,
        )
        torch._foreach_addcmul_(accumulator, gradients, gradients, 1.0)

    def get_config(self) -> dict[str, Any]:
        own = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().get_config(), **own}


def _are_laid_out_alike(tensors: Tensors, gradients: Tensors) -> bool:
    """Return whether gradients have the strides of their parameters, as kernels that go through memory need it."""
    return [t.stride() for t in tensors] == [g.stride() for g in gradients]


class Adadelta(Optimizer):
    """Steps of the size of recent steps: ``d = -g * sqrt(s + epsilon) / sqrt(a + epsilon)``, ``w += lr * d``.

    Args:
        learning_rate: Float, schedule or callable.
        rho: Decay of ``a``, the mean of squared gradients, and of ``s``, the mean of squared ``d``.
        epsilon: Small number under the roots.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> Adadelta().get_config()["rho"]
        0.95

    Source: Zeiler 2012.
    """

    _slots = (("accumulated_grad", "accumulated_delta_var"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
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
        self.epsilon = epsilon
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
        (rate,) = numbers
        squares, deltas = moments["accumulated_grad"], moments["accumulated_delta_var"]
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, gradients, gradients, 1.0 - self.rho)
        ratio = torch._foreach_add(deltas, self.epsilon)
        torch._foreach_div_(ratio, torch._foreach_add(squares, self.epsilon))
        torch._foreach_sqrt_(ratio)
        torch._foreach_mul_(ratio, gradients)
        torch._foreach_mul_(deltas, self.rho)
        torch._foreach_addcmul_(deltas, ratio, ratio, 1.0 - self.rho)
        add_scaled_(tensors, ratio, -rate)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}


class Adamax(AdamLike):
    """Adam with the largest gradient.

    ``u = max(beta_2 * u, |g|)``, ``w -= lr * m / ((1 - beta_1**t) * (u + epsilon))``.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Decay of the first moment.
        beta_2: Decay of the largest gradient.
        epsilon: Small number in the denominator.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> Adamax().get_config()["beta_2"]
        0.999

    Source: Kingma and Ba 2015, algorithm 2.
    """

    _slots = (("momentum", "norm"),)

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        return (rate / (1.0 - self.param_groups[0]["betas"][0] ** step),)

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        (rate,) = numbers
        momentum, norm = moments["momentum"], moments["norm"]
        beta_1, beta_2 = self.param_groups[0]["betas"]
        torch._foreach_lerp_(momentum, gradients, 1.0 - beta_1)
        torch._foreach_mul_(norm, beta_2)
        torch._foreach_maximum_(norm, torch._foreach_abs(gradients))
        bottom = torch._foreach_add(norm, self.epsilon)
        add_ratio_(tensors, momentum, bottom, -rate)


class Nadam(AdamLike):
    """Adam with Nesterov momentum on a schedule, ``mu_t = beta_1 * (1 - 0.5 * 0.96**t)``.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        epsilon: Small number in the denominator.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> Nadam().get_config()["beta_1"]
        0.9

    Source: Dozat 2016.
    """

    _slots = (("momentum", "velocity"),)

    def _prepare(self) -> None:
        self._product = 1.0
        self._product_step = 0
        self._earlier: deque[tuple[int, float]] = deque(maxlen=64)  # for updates that turn out to be left out
        self._u_product = HostScalar(self, "_current_product", config.floatx(), "u_product")
        self._tracked.append(self._u_product)
        self._unattached.append(self._u_product)

    @property
    def _current_product(self) -> float:
        return self._product

    @_current_product.setter
    def _current_product(self, value: float) -> None:
        self._product, self._product_step = value, -1  # it is that of the updates so far
        self._earlier.clear()

    def _take_back_count(self) -> None:
        super()._take_back_count()
        while self._earlier and self._product_step > self._updates:
            self._product_step, self._product = self._earlier.pop()

    def _factors(self, step: int) -> tuple[float, float]:
        """Return ``mu`` of an update and of the one after it."""
        beta_1 = self.param_groups[0]["betas"][0]
        return beta_1 * (1.0 - 0.5 * 0.96**step), beta_1 * (1.0 - 0.5 * 0.96 ** (step + 1))

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        now, after = self._factors(step)
        if step != self._product_step:
            self._earlier.append((self._product_step, self._product))
            self._product *= now
            self._product_step = step
        of_momentum = rate * after / (1.0 - self._product * after)
        correction = 1.0 - self.param_groups[0]["betas"][1] ** step
        return of_momentum, rate * (1.0 - now) / (1.0 - self._product), correction

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        of_momentum, of_gradient, correction = numbers
        momentum, velocity = moments["momentum"], moments["velocity"]
        beta_1, beta_2 = self.param_groups[0]["betas"]
        torch._foreach_lerp_(momentum, gradients, 1.0 - beta_1)
        torch._foreach_mul_(velocity, beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - beta_2)
        bottom = torch._foreach_div(velocity, correction)
        torch._foreach_sqrt_(bottom)
        torch._foreach_add_(bottom, self.epsilon)
        add_ratio_(tensors, momentum, bottom, -of_momentum)
        add_ratio_(tensors, gradients, bottom, -of_gradient)
