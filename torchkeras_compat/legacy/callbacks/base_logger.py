"""`BaseLogger`: the means of an epoch's batches in its logs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs


class BaseLogger(Callback):
    """Puts the mean of each value in the logs of batches into the logs of the epoch.

    Batches count by their ``"size"`` in the logs, those without one not at all. The logs of ``fit`` hold the means
    already and no size, so that this callback matters for loops of one's own that call it.

    Args:
        stateful_metrics: Names of values whose last one counts, instead of the mean.

    Example:
        >>> logger = BaseLogger(stateful_metrics=["auc"])
        >>> logger.on_epoch_begin(0)
        >>> logger.on_batch_end(0, {"size": 3, "loss": 1.0, "auc": 0.5})
        >>> logger.on_batch_end(1, {"size": 1, "loss": 5.0, "auc": 0.7})
        >>> logs = {}
        >>> logger.on_epoch_end(0, logs)
        >>> logs
        {'loss': 2.0, 'auc': 0.7}

    Source: Keras 2.15 API, callbacks/BaseLogger.
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.totals: dict[str, Any] = {}

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.seen = 0
        self.totals = {}

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Add the values of a batch."""
        given = dict(logs or {})
        given.pop("batch", None)
        size = given.pop("size", 0)
        self.seen += size
        for name, value in given.items():
            self.totals[name] = value if name in self.stateful_metrics else self.totals.get(name, 0) + value * size

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is None or not self.seen:
            return
        for name, total in self.totals.items():
            logs[name] = total if name in self.stateful_metrics else total / self.seen
