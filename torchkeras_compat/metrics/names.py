"""From names to metrics and back, and the accuracy that fits a loss."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from torchkeras_compat.metrics import accuracy
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.reduction import MeanMetricWrapper
from torchkeras_compat.serialization import deserialize_keras_object, resolve, serialize_keras_object

ALIASES = {
    "acc": "Accuracy",
    "mse": "MeanSquaredError",
    "MSE": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "MAE": "MeanAbsoluteError",
    "bce": "BinaryCrossentropy",
}


def get(identifier: Any) -> Any:
    """Return the metric of a name, config, class, instance or callable; None for None.

    Raises:
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("CategoricalAccuracy").name
        'categorical_accuracy'
    """
    return resolve("metrics", identifier, base=Metric, aliases=ALIASES)


def serialize(metric: Any) -> Any:
    """Return the config of a metric in Keras's format."""
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the metric that :func:`serialize` described."""
    return deserialize_keras_object(config, custom_objects=custom_objects)


def accuracy_for(name: str, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> Metric:
    """Return the accuracy that ``"accuracy"`` means for targets and predictions of these shapes, under ``name``."""
    same_rank = len(y_true_shape) == len(y_pred_shape)
    if y_pred_shape[-1:] == (1,) or len(y_pred_shape) <= 1:
        return accuracy.BinaryAccuracy(name=name)
    if not same_rank or (y_true_shape[-1] == 1 and y_pred_shape[-1] > 1):
        return accuracy.SparseCategoricalAccuracy(name=name)
    return accuracy.CategoricalAccuracy(name=name)


def from_anything(metric: Any, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> Metric:
    """Return a metric object for what ``compile(metrics=[...])`` takes."""
    if isinstance(metric, str) and metric.lower() in ("accuracy", "acc"):
        return accuracy_for(metric, tuple(y_true_shape), tuple(y_pred_shape))
    found = get(metric)
    if hasattr(found, "update_state"):
        if isinstance(metric, str):
            found.name = metric
        return found
    if inspect.isfunction(found) or callable(found):
        return MeanMetricWrapper(found, name=metric if isinstance(metric, str) else None)
    raise ValueError(f"A metric is a name, a function or a Metric object. Received: {metric!r}")
