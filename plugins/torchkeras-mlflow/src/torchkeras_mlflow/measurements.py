"""Logs as metrics of MLflow."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np


def metric_name(name: str) -> str:
    """Return a name that MLflow takes: letters, digits and ``_ - . : /`` and spaces; others become ``_``.

    Example:
        >>> metric_name("val_recall@5")
        'val_recall_5'
    """
    return re.sub(r"[^\w\-. :/]", "_", name)


def as_metrics(logs: Mapping[str, Any], step: int, prefix: str = "") -> list[Any]:
    """Return the numbers of the logs as metrics; arrays, which MLflow does not keep, are left out with a warning.

    Args:
        logs: Names and values; looking at them reads them from the device.
        step: Epoch or step.
        prefix: Put before each name.
    """
    from mlflow.entities import Metric

    now, found = int(time.time() * 1000), []
    for name, value in logs.items():
        if np.size(value) == 1 and np.asarray(value).dtype.kind in "fiub":
            found.append(Metric(metric_name(prefix + name), float(np.asarray(value).item()), now, step))
        else:
            warnings.warn(
                f"MLflow keeps numbers, and `{name}` is {_what(value)}: it is not logged. Compute a number from it, "
                "such as a mean, in a metric of its own.",
                stacklevel=2,
            )
    return found


def learning_rates(model: Any) -> dict[str, float]:
    """Return the learning rate of the optimizer, or that of each if there are several."""
    optimizer = model.optimizer
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    several = list(getattr(inner, "optimizers", None) or ())
    if len(several) > 1:
        return {f"learning_rate_{one.name}": float(one.learning_rate) for one in several}
    optimizer = several[0] if several else optimizer
    if hasattr(optimizer, "learning_rate"):
        return {"learning_rate": float(optimizer.learning_rate)}
    groups = getattr(optimizer, "param_groups", None)
    return {"learning_rate": float(groups[0]["lr"])} if groups and "lr" in groups[0] else {}


def _what(value: Any) -> str:
    return f"an array of shape {np.shape(value)}" if np.shape(value) else f"of type {type(value).__name__}"
