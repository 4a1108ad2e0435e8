"""A momentum for optimizers that were made without one: a scheduler of torch may set it at any time."""

from __future__ import annotations

from typing import Any

import torch


class LateMomentum:
    """Mixin of optimizers whose slots ``momentum`` are made when there is a momentum: at once, or in a later update.

    `CyclicLR` and `OneCycleLR` cycle the momentum of every optimizer that has the option, and `torch.optim` makes the
    velocities in the first update that needs them, too.
    """

    _slots: tuple[tuple[str, ...], ...]
    _slots_before_momentum: tuple[tuple[str, ...], ...] = ()
    _awaits_momentum: bool

    @torch.no_grad()
    def _begin_momentum(self) -> None:
        """Make the slots, zeros, where they would be if the optimizer had been made with a momentum."""
        me: Any = self
        before = self._slots_before_momentum
        behind = sum(map(len, self._slots[len(before) :]))
        plain = [v for v in me._trainable_variables if not v.overwrite_with_gradient]
        place = len(me._tracked) - behind * len(plain)
        rest = me._tracked[place:]
        del me._tracked[place:]
        me.add_optimizer_variables(plain, "momentum")
        me._tracked += rest
        me._slots = (*before, ("momentum",), *self._slots[len(before) :])
        me._moments["momentum"] = [me.state[t]["momentum"] for t in me._tensors]
        self._awaits_momentum = False
