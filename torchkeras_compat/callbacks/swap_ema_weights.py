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
        ValueError: when training, evaluation or prediction begins: the optimizer was made without ``use_ema=True``.

    Example:
        >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
        True

    Source: Keras API, callbacks/swap_ema_weights.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._gives_back = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        parts = self._parts()
        # What an interrupted evaluation left behind: training goes on with the weights.
        self._swap([part for part in parts if _is_swapped(part)])

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap([part for part in self._parts() if _is_swapped(part)])

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._bring_averages()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._gives_back = self._bring_averages()

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._release()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._gives_back = self._bring_averages()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._release()

    def _release(self) -> None:
        if self._gives_back:  # an interruption ends no evaluation, and yet the weights are to be those of training
            self._gives_back = False
            self._swap(self._parts())

    def _bring_averages(self) -> bool:
        """Put the averages into the model; return False if they were there, from the end of an epoch."""
        parts = [part for part in self._parts() if not _is_swapped(part)]
        self._swap(parts)
        return bool(parts)

    def _swap(self, parts: list[Any]) -> None:
        for part in parts:
            part.swap_averages()

    def _parts(self) -> list[Any]:
        """Return the optimizers that keep averages."""
        optimizer: Any = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        parts = [o for o in getattr(optimizer, "optimizers", [optimizer]) if getattr(o, "use_ema", False)]
        if not parts:
            raise ValueError(
                "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received:"
                f" optimizer={optimizer!r}"
            )
        return parts


def _is_swapped(optimizer: Any) -> bool:
    return getattr(optimizer, "_averages_lie_in_the_model", False)  # which one that is not built does not have yet
