"""The focus of a loss, moved over the epochs."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.callbacks import Callback


class GammaAnnealing(Callback):
    """Sets ``model.loss.gamma`` at the start of each epoch, on a line from ``start`` to ``end``.

    Args:
        start: ``gamma`` in the first epoch.
        end: ``gamma`` in the last epoch.

    Raises:
        ValueError: when training begins, if the loss has no ``gamma``.
    """

    def __init__(self, start: float, end: float) -> None:
        super().__init__()
        self.start = start
        self.end = end

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Check the loss."""
        if not hasattr(self.model.loss, "gamma"):
            raise ValueError(
                f"GammaAnnealing needs a loss with an attribute `gamma`, and the model has {self.model.loss!r}. "
                "Compile with FocalTversky or another such loss."
            )

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the focus of this epoch."""
        last = max((self.params or {}).get("epochs", 1) - 1, 1)
        self.model.loss.gamma = self.start + (self.end - self.start) * min(epoch / last, 1)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Set the focus back, for the next training."""
        self.model.loss.gamma = self.start
