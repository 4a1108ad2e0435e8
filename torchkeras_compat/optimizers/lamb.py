"""LAMB."""

from __future__ import annotations

import math

import torch

from torchkeras_compat.optimizers.adam_like import AdamLike
from torchkeras_compat.optimizers.base import HostNumbers, Numbers, Slots, Tensors
from torchkeras_compat.optimizers.scaling import add_


class Lamb(AdamLike):
    """Adam whose step, for each weight, is as long as the weight itself: ``w -= lr * |w| / |u| * u``.

    ``u`` is Adam's direction ``m / (sqrt(v) + epsilon)`` with corrected moments. A weight or direction of norm zero
    takes Adam's step.

    Args:
        learning_rate: Float, schedule or callable.
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        epsilon: Small number in the denominator.
        kwargs: Arguments of `Optimizer`.

    Example:
        >>> w = torch.nn.Parameter(torch.full((1,), 2.0)); w.grad = torch.ones(1)
        >>> Lamb(0.1, params=[w]).step(); round(w.item(), 4)
        1.8

    Source: You et al. 2020, algorithm 2; Keras API, optimizers/Lamb.
    """

    _slots = (("momentum", "velocity"),)

    def _numbers(self, rate: float, step: int) -> HostNumbers:
        beta_1, beta_2 = self.param_groups[0]["betas"]
        root = math.sqrt(1.0 - beta_2**step)
        return rate, root / (1.0 - beta_1**step), self.epsilon * root

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, numbers: Numbers) -> None:
        rate, correction, epsilon = numbers
        momentum, velocity = moments["momentum"], moments["velocity"]
        beta_1, beta_2 = self.param_groups[0]["betas"]
        torch._foreach_lerp_(momentum, gradients, 1.0 - beta_1)
        torch._foreach_mul_(velocity, beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - beta_2)
        # Adam's direction is `correction` times this one; where the norms count, the factor cancels.
        direction = list(torch._foreach_sqrt(velocity))
        add_(direction, epsilon)
        direction = list(torch._foreach_div(momentum, direction))
        owners = [self._owners[self._places[t]] for t in tensors]
        lengths, others = torch.stack(_norms(tensors, owners)), torch.stack(_norms(direction, owners))
        ratios = torch.where((lengths > 0) & (others > 0), lengths / others, correction) * rate
        torch._foreach_mul_(direction, list(ratios.unbind()))
        torch._foreach_sub_(tensors, direction)


def _norms(tensors: Tensors, owners: list[int]) -> Tensors:
    """Return for each tensor the norm of the weight it is a part of."""
    norms = list(torch._foreach_norm(tensors))
    if len(set(owners)) == len(owners):
        return norms
    parts: dict[int, Tensors] = {}
    for owner, norm in zip(owners, norms, strict=True):
        parts.setdefault(owner, []).append(norm)
    return [torch.linalg.vector_norm(torch.stack(parts[owner])) for owner in owners]
