"""What EarlyStopping, ModelCheckpoint and ReduceLROnPlateau share: a watched value, and whether it improved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from torchkeras_compat import tree
from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.ops.logic import greater, less
from torchkeras_compat.user_warnings import warn_user

_RISING = (
    "acc",
    "accuracy",
    "auc",
    "f1",
    "precision",
    "recall",
    "iou",
    "r2",
    "cosine_similarity",
    "dice",
    "specificity",
    "sensitivity",
)
_FALLING = (
    "loss",
    "error",
    "mse",
    "mae",
    "mape",
    "msle",
    "rmse",
    "crossentropy",
    "hinge",
    "poisson",
    "divergence",
    "perplexity",
)


class MonitorCallback(Callback):
    """Base of callbacks that watch one value of the logs.

    Args:
        monitor: Name of the value, such as ``"val_loss"``.
        mode: ``"min"`` if smaller is better, ``"max"`` if larger is, ``"auto"`` to ask the metric, and failing that its
            name.
        min_delta: Smallest change that counts as better.

    Raises:
        ValueError: with ``mode="auto"``, nothing says which way the value should go (at the end of the first epoch).
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0) -> None:
        if mode not in ("auto", "min", "max"):
            warn_user(
                f"{type(self).__name__} mode '{mode}' is unknown, and 'auto' is used. Choose 'auto', 'min' or 'max'."
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.best: float | None = None
        self.monitor_op: Any = {"min": less, "max": greater}.get(mode)

    def _check_state_dict(self, state_dict: Any) -> None:
        super()._check_state_dict(state_dict)
        self._check_kinds(state_dict)
        best = state_dict.get("best")
        is_number = isinstance(best, (int, float)) or (hasattr(best, "dtype") and best.shape == ())
        if best is not None and not is_number:
            raise FileContentError(f"The best value of {type(self).__name__} is a number. The copy has {best!r:.60}.")

    def get_monitor_value(self, logs: Logs | None) -> Any:
        """Return the watched value, or None, after a warning, if the logs do not have it.

        An array of one element counts as its number.

        Raises:
            ValueError: the watched value is an array of several elements.
        """
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is None:
            available = ", ".join(logs) or "none"
            warn_user(
                f"{type(self).__name__} watches `{self.monitor}`, which is not available in this epoch, so nothing is "
                "done. "
                f"Available: {available}. Values starting with 'val_' need validation data."
            )
            return None
        shape = np.shape(value)
        if not shape:
            return value
        if math.prod(shape) != 1:
            raise ValueError(
                f"{type(self).__name__} watches `{self.monitor}`, whose value is an array of shape {shape}, and arrays "
                "have no order. Watch a metric with one value, for instance one with `average='macro'`."
            )
        return value.item() if hasattr(value, "item") else np.asarray(value).item()

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Return whether ``value`` is better than ``reference`` by more than ``min_delta``. NaN never is."""
        if self.monitor_op is None:
            self.find_direction()
        if math.isnan(value):
            return False
        if reference is None:
            return True
        return value - self.min_delta > reference if self.monitor_op is greater else value + self.min_delta < reference

    def find_direction(self) -> None:
        """Decide whether smaller or larger values are better, unless the mode says so.

        Raises:
            ValueError: neither the metric nor its name says it.
        """
        if self.monitor_op is not None:
            return
        name = self.monitor.removeprefix("val_")
        direction = _direction_of_metric(self.model, name) or _direction_of_name(name)
        if direction is None:
            raise ValueError(
                f"{type(self).__name__} received monitor={self.monitor!r}, and nothing tells whether it should rise or "
                "fall. "
                "Pass mode='max' if larger values are better, or mode='min' if smaller ones are."
            )
        self.monitor_op = greater if direction == "up" else less


def _direction_of_metric(model: Any, name: str) -> str | None:
    for metric in _all_metrics(getattr(model, "metrics", None) or ()):
        direction: str | None = getattr(metric, "_direction", None)
        if getattr(metric, "name", None) == name and direction in ("up", "down"):
            return direction
    return None


def _all_metrics(metrics: Any) -> Iterable[Any]:
    for metric in tree.flatten(list(metrics)):
        yield metric
        if getattr(metric, "metrics", None):
            yield from _all_metrics(metric.metrics)


def _direction_of_name(name: str) -> str | None:
    words = name.lower()
    if any(word in words for word in _FALLING):
        return "down"
    return "up" if any(word in words.replace("-", "_").split("_") for word in _RISING) else None
