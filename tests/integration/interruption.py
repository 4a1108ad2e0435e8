"""A training run that ends in the middle."""

from __future__ import annotations

from torchkeras_compat.callbacks.base import Callback


class Interruption(Callback):
    """Raises ``KeyboardInterrupt`` after a number of steps, as Ctrl-C would.

    Args:
        step: Number of steps, over all epochs.
    """

    def __init__(self, step):
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
