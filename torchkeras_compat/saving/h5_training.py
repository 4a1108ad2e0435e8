"""What `compile` received, in the words that real Keras finds in its `.h5` files.

Its reader of this format looks names up in tables of its own, where short names of losses (`mse`) are missing, and a
metric loses the short name that it is logged under.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.losses.identifiers import ALIASES
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.identifiers import CHOSEN_BY_SHAPE
from torchkeras_compat.metrics.identifiers import get as get_metric
from torchkeras_compat.public_names import public_module


def training_config(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the ``training_config`` of a file for what ``get_compile_config`` returned.

    Args:
        settings: Configs of the optimizer, losses and metrics; is not changed.

    Example:
        >>> training_config({"optimizer": {"class_name": "SGD", "config": {}}, "loss": "mse"})
        {'loss': 'mean_squared_error', 'optimizer_config': {'class_name': 'SGD', 'config': {}}}
    """
    words = {"loss": _loss, "metrics": _metric, "weighted_metrics": _metric}
    found = {k: _each(v, words[k]) if k in words else v for k, v in settings.items() if k != "optimizer"}
    optimizer = settings["optimizer"]
    is_public = str(optimizer.get("module")).startswith("keras")
    keys = ("class_name", "config") if is_public else ("module", "class_name", "config", "registered_name")
    found["optimizer_config"] = {k: optimizer[k] for k in keys if k in optimizer}
    return found


def _each(value: Any, word: Callable[[Any], Any]) -> Any:
    """Return a structure of losses or metrics with each of them in other words."""
    if isinstance(value, list):
        return [_each(v, word) for v in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {k: _each(v, word) for k, v in value.items()}
    return value if value is None else word(value)


def _loss(value: Any) -> Any:
    return ALIASES.get(value, value) if isinstance(value, str) else value


def _metric(value: Any) -> Any:
    if not isinstance(value, str) or value.lower() in CHOSEN_BY_SHAPE:
        return value
    metric = get_metric(value)
    if not isinstance(metric, Metric) or public_module(type(metric)) is None:
        return value
    return {"class_name": type(metric).__name__, "config": {**metric.get_config(), "name": value}}
