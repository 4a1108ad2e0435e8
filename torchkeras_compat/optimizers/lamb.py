"""LAMB."""

from __future__ import annotations

import torch

from torchkeras_compat.optimizers.adam_like import AdamLike
from torchkeras_compat.optimizers.base import Slots, Tensors


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

    def _update(self, tensors: Tensors, gradients: Tensors, moments: Slots, rate: float, step: int) -> None:
        momentum, velocity = moments["momentum"], moments["velocity"]
        torch._foreach_lerp_(momentum, gradients, 1.0 - self.beta_1)
        torch._foreach_mul_(velocity, self.beta_2)
        torch._foreach_addcmul_(velocity, gradients, gradients, 1.0 - self.beta_2)
        bottom = list(torch._foreach_div(velocity, 1.0 - self.beta_2**step))
        torch._foreach_sqrt_(bottom)
        torch._foreach_add_(bottom, self.epsilon)
        torch._foreach_mul_(bottom, 1.0 - self.beta_1**step)
        direction = list(torch._foreach_div(momentum, bottom))
        owners = [self._owners[self._places[t]] for t in tensors]
        lengths, others = _norms(tensors, owners), _norms(direction, owners)
        ratios = [torch.where((n > 0) & (u > 0), n / u, 1.0) for n, u in zip(lengths, others, strict=True)]
        torch._foreach_mul_(direction, ratios)
        torch._foreach_add_(tensors, direction, alpha=-rate)


def _norms(tensors: Tensors, owners: list[int]) -> Tensors:
    """Return for each tensor the norm of the weight it is a part of."""
    norms = list(torch._foreach_norm(tensors))
    if len(set(owners)) == len(owners):
        return norms
    parts: dict[int, Tensors] = {}
    for owner, norm in zip(owners, norms, strict=True):
        parts.setdefault(owner, []).append(norm)
    return [torch.linalg.vector_norm(torch.stack(parts[owner])) for owner in owners]
