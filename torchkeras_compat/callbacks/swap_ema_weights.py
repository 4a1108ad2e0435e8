"""`SwapEMAWeights`: evaluate, predict and save with the averages of the weights."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs


class SwapEMAWeights(Callback):
    """Exchanges the weights and their moving averages for evaluation and prediction, and back afterwards.

    Args:
        swap_on_epoch: Whether the averages are in the model from the end of an epoch to the begin of the next, so that
            a checkpoint that is saved then holds them; put this callback before the one that saves.

    Raises:
        ValueError: when it is used: the optimizer was made without ``use_ema=True``.

    Example:
        >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
        True

    Source: Keras API, callbacks/swap_ema_weights.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._is_swapped = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._is_swapped = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch and self._is_swapped:
            self._swap()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._swap()

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._swap()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._swap()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._swap()

    def _swap(self) -> None:
        optimizer: Any = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        parts = [o for o in getattr(optimizer, "optimizers", [optimizer]) if getattr(o, "use_ema", False)]
        if not parts:
            raise ValueError(
                "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received:"
                f" optimizer={optimizer!r}"
            )
        for part in parts:
            part.swap_averages()
        self._is_swapped = not self._is_swapped
