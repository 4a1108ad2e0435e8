"""From names to metrics and back, and the accuracy that fits a loss."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from torchkeras_compat import public_names
from torchkeras_compat.deserialization import deserialize_config, resolve
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.reduction import MeanMetricWrapper
from torchkeras_compat.metrics.torch_metric import TorchMetric, is_torchmetrics
from torchkeras_compat.serialization import serialize_keras_object

ALIASES = {
    "acc": "Accuracy",
    "mse": "MeanSquaredError",
    "MSE": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "MAE": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "MAPE": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "MSLE": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
    "BCE": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "KLD": "KLDivergence",
    "logcosh": "LogCoshError",
    # Names of public functions that mean the metric of the same name.
    "binary_accuracy": "BinaryAccuracy",
    "binary_crossentropy": "BinaryCrossentropy",
    "categorical_accuracy": "CategoricalAccuracy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_hinge": "CategoricalHinge",
    "concordance_correlation": "ConcordanceCorrelation",
    "hinge": "Hinge",
    "kl_divergence": "KLDivergence",
    "mean_absolute_error": "MeanAbsoluteError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_error": "MeanSquaredError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "pearson_correlation": "PearsonCorrelation",
    "poisson": "Poisson",
    "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "sparse_top_k_categorical_accuracy": "SparseTopKCategoricalAccuracy",
    "squared_hinge": "SquaredHinge",
    "top_k_categorical_accuracy": "TopKCategoricalAccuracy",
}

# What names that fit several shapes mean, after ``Binary`` for one output, ``SparseCategorical`` for class labels, and
# ``Categorical`` else. Names, not classes: their modules take 6 ms to import, and few models have both.
CHOSEN_BY_SHAPE = {"accuracy": "Accuracy", "acc": "Accuracy", "crossentropy": "Crossentropy", "ce": "Crossentropy"}


def get(identifier: Any) -> Any:
    """Return the metric of a name, config, class, instance or callable; None for None.

    A metric of torchmetrics becomes a `TorchMetric`.

    Raises:
        TypeError: a metric of torchmetrics takes no pairs of predictions and targets.
        ValueError: ``identifier`` is none of these, or nothing has this name.

    Example:
        >>> get("CategoricalAccuracy").name
        'categorical_accuracy'
    """
    found = resolve("metrics", identifier, base=Metric, aliases=ALIASES)
    return TorchMetric(found) if is_torchmetrics(found) else found


def serialize(metric: Any) -> Any:
    """Return the config of a metric in Keras's format."""
    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the metric that :func:`serialize` described."""
    return deserialize_config("metrics", config, custom_objects)


def metric_for_shapes(name: str, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> Metric:
    """Return the metric that ``"accuracy"`` or ``"crossentropy"`` means for targets and predictions of these shapes.

    Example:
        >>> metric_for_shapes("accuracy", (32,), (32, 10))
        <SparseCategoricalAccuracy name=accuracy>
    """
    if len(y_pred_shape) <= 1 or y_pred_shape[-1] == 1:
        kind = "Binary"
    elif len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        kind = "SparseCategorical"
    else:
        kind = "Categorical"
    chosen: Metric = public_names.named(f"metrics.{kind}{CHOSEN_BY_SHAPE[name.lower()]}")(name=name)
    return chosen


def from_anything(metric: Any, y_true_shape: Sequence[int], y_pred_shape: Sequence[int]) -> Metric:
    """Return a metric object for what ``compile(metrics=[...])`` takes."""
    if isinstance(metric, str) and metric.lower() in CHOSEN_BY_SHAPE:
        return metric_for_shapes(metric, tuple(y_true_shape), tuple(y_pred_shape))
    found = get(metric)
    if hasattr(found, "update_state"):
        if isinstance(metric, str):
            found.name = metric.rpartition(">")[2]
        return found
    if inspect.isfunction(found) or callable(found):
        return MeanMetricWrapper(found, name=metric if isinstance(metric, str) else None)
    raise ValueError(f"A metric is a name, a function or a Metric object. Received: {metric!r}")
