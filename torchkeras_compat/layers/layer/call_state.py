"""The calls under way, and the losses that the last call of a layer added."""

from __future__ import annotations

import torch
from torch import nn


class CallState:
    """The calls under way.

    Attributes:
        depth: How deep.
        with_losses: How many layers have ever added a loss in a call.
        autocasts: Whether a layer of mixed precision has turned torch's autocast on.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.with_losses = 0
        self.autocasts = False

    def __reduce__(self) -> str:
        return "STATE"  # there is one: functions that are pickled with the classes of `__main__` refer to it


STATE = CallState()


class CallLosses:
    """The losses of the calls of one layer.

    Attributes:
        added: What the last call added.
        is_used: Whether a call ever added one. From then on each call goes the full way, which forgets the losses of
            the one before.
        below: Those of the layers below that ever added one, and its own: what a call of this layer forgets.
        version: `CallState.with_losses` when ``below`` was found.
    """

    __slots__ = ("added", "below", "is_used", "version")

    def __init__(self, is_used: bool = False) -> None:
        self.added: list[torch.Tensor] = []
        self.is_used = is_used
        self.below: list[CallLosses] = []
        self.version = 0


def forget_losses(entry: nn.Module) -> None:
    """Drop the losses that the last call left in the outermost layer of a new call, and in those below it."""
    losses: CallLosses = entry.__dict__["_call_losses"]
    if losses.version != STATE.with_losses:
        losses.version = STATE.with_losses
        below = [module.__dict__.get("_call_losses") for module in entry.modules()]
        losses.below = [x for x in below if isinstance(x, CallLosses) and x.is_used]
    for x in losses.below:
        x.added.clear()
