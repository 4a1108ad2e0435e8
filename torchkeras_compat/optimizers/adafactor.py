"""Adafactor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Optimizer, Slots, Tensors
from torchkeras_compat.optimizers.scaling import Number, lerp_
from torchkeras_compat.variables import Variable


class Adafactor(Optimizer):
    """Steps relative to the size of the weight, with the second moment of a matrix kept as its row and column means.

    ``alpha = max(epsilon_2, rms(w)) * min(lr, 1 / sqrt(t))``, ``u = g / sqrt(v)``,
    ``w -= alpha * u / max(1, rms(u) / clip_threshold)``. For weights with two axes or more, ``v`` is the outer product
    of the means of ``g² + epsilon_1`` over the last axis and over the one before, by the mean of all; the decay of the
    means at update ``t`` is ``1 - t ** beta_2_decay``.

    Args:
        learning_rate: Float, schedule or callable; the largest relative step.
        beta_2_decay: Exponent of the decay, negative.
        epsilon_1: Small number added to squared gradients.
        epsilon_2: Smallest size of a weight.
        clip_threshold: Largest root mean square of ``u``.
        relative_step: Kept in configs. Keras bounds the steps by ``1 / sqrt(t)`` whatever it says, and so do we.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.ones(2)); w.grad = torch.ones(2)
        >>> Adafactor(0.5, params=[w]).step(); [round(x, 4) for x in w.tolist()]
        [0.5, 0.5]

    Source: Shazeer and Stern 2018, algorithms 4 and 5; Keras API, optimizers/Adafactor.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
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
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step
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

    def build(self, variables: Sequence[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self._rows: list[Variable] = []
        self._columns: list[Variable] = []
        self._seconds: list[Variable] = []
        for v in self._trainable_variables:
            shape = tuple(v.shape)
            if len(shape) < 2:  # Keras keeps two unused numbers in their place, and files hold them
                rows, columns = (self.add_variable((), dtype="int32", name=v.name) for _ in range(2))
            else:
                rows = self.add_variable(shape[:-1], dtype=v.dtype, name=v.name)
                columns = self.add_variable((*shape[:-2], shape[-1]), dtype=v.dtype, name=v.name)
            self._rows.append(rows)
            self._columns.append(columns)
            self._seconds.append(self.add_variable_from_reference(v, "velocity"))

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        return min(rate, 1.0 / math.sqrt(step)), float(step) ** self.beta_2_decay  # 1 - decay

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        relative, weight = numbers
        pairs = list(self._by_variable(tensors, gradients))
        variables, shown = [v for v, _ in pairs], [g for _, g in pairs]
        values = [v.value.detach() for v in variables]
        places = [self._get_variable_index(v) for v in variables]
        squares = list(torch._foreach_mul(shown, shown))
        torch._foreach_add_(squares, self.epsilon_1)
        self._update_means(places, squares, weight)
        for i, square in zip(places, squares, strict=True):
            second = self._seconds[i]
            kept = second.value
            if square.ndim < 2:
                kept = kept.lerp(square, weight)
                second.assign(kept)
            else:
                row, column = self._rows[i].value, self._columns[i].value
                torch.mul((row / row.mean(-1, keepdim=True)).unsqueeze(-1), column.unsqueeze(-2), out=kept)
            torch.rsqrt(kept, out=square)
        steps = squares  # in their memory
        torch._foreach_mul_(steps, shown)
        bounds = (_root_mean_squares(steps) / self.clip_threshold).clamp(min=1.0)
        factors = _root_mean_squares(values).clamp(min=self.epsilon_2) / bounds * relative
        torch._foreach_mul_(steps, list(factors.unbind()))
        for variable, value, step in zip(variables, values, steps, strict=True):
            if variable.layout.is_view:
                value.sub_(step)
            else:
                variable.assign(value - step)

    def _update_means(self, places: list[int], squares: Tensors, weight: Number) -> None:
        """Update the means over rows and columns of the weights that have two axes or more."""
        matrices = [(i, s) for i, s in zip(places, squares, strict=True) if s.ndim > 1]
        if matrices:
            lerp_([self._rows[i].value for i, _ in matrices], [s.mean(-1) for _, s in matrices], weight)
            lerp_([self._columns[i].value for i, _ in matrices], [s.mean(-2) for _, s in matrices], weight)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }


def _root_mean_squares(tensors: Tensors) -> torch.Tensor:
    """Return the root mean square of each tensor, all in one vector."""
    norms = torch._foreach_norm(tensors)
    return torch.stack(torch._foreach_div(norms, [math.sqrt(max(t.numel(), 1)) for t in tensors]))
