"""The state of the calls under way: how deep they are, and whose losses the next one forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


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


STATE = CallState()


def forget_losses(entry: Layer) -> None:
    """Drop the losses that the last call left in the outermost layer of a new call, and in those below it."""
    state = entry.__dict__
    if state["_losses_version"] != STATE.with_losses:
        state["_losses_version"] = STATE.with_losses
        state["_loss_layers"] = [m for m in entry.modules() if getattr(m, "_adds_losses", False)]
    for layer in state["_loss_layers"]:
        layer._call_losses.clear()
