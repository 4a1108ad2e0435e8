"""Targets ``(n,)`` for outputs ``(n, 1)``, and back: every loss and metric gives what equal ranks give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import losses, metrics

RNG = np.random.default_rng(5)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "OneHotMeanIoU": {"num_classes": 3},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "MeanMetricWrapper": {"fn": lambda y_true, y_pred: (y_true - y_pred) ** 2},
    "TopKCategoricalAccuracy": {"k": 1},
    "top_k_categorical_accuracy": {"k": 1},
    "categorical_generalized_cross_entropy": {"q": 0.5},
}
# Class labels have one axis less than the predictions, a batch of embeddings has two; both by their definition.
OF_LABELS = {
    *(
        "SparseCategoricalAccuracy",
        "SparseTopKCategoricalAccuracy",
        "SparseCategoricalCrossentropy",
        "Circle",
        "circle",
    ),
    *(
        "IoU",
        "MeanIoU",
        "sparse_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
        "sparse_categorical_crossentropy",
    ),
    *("CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy", "CTC", "ctc"),
}
OTHERS = {"Metric", "Mean", "Sum", "Loss", "get", "serialize", "deserialize", "MeanMetricWrapper"}
REFUSED_BY_KERAS_TOO = {"F1Score", "FBetaScore"}  # rows of classes, or nothing
# Zeros of rounding, or NaN, in numbers of one column: nothing to compare.
OF_SEVERAL_COLUMNS = {"CategoricalFocalCrossentropy", "categorical_focal_crossentropy", "categorical_crossentropy"}


def names(space: Any) -> list[str]:
    found = [n for n in dir(space) if not n.startswith("_") and callable(getattr(space, n))]
    return [n for n in found if n not in OF_LABELS | OTHERS | REFUSED_BY_KERAS_TOO]


def value(space: Any, name: str, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
    found, more = getattr(space, name), ARGUMENTS.get(name, {})
    y_true, y_pred = torch.tensor(y_true), torch.tensor(y_pred)
    return found(**more)(y_true, y_pred) if isinstance(found, type) else found(y_true, y_pred, **more)


@pytest.mark.filterwarnings("ignore:.*y_pred.shape.*:SyntaxWarning")  # of one class, which is the point here
@pytest.mark.parametrize("kind", ["losses", "metrics"])
@pytest.mark.parametrize("shape", [(6,), (4, 3), (2, 4, 3)], ids=str)
def test_an_axis_of_size_one_may_be_missing_on_either_side(real_keras, kind, shape) -> None:
    ours, theirs = {"losses": losses, "metrics": metrics}[kind], getattr(real_keras, kind)
    y_true, y_pred = RNG.integers(0, 2, shape).astype("float32"), RNG.random(shape).astype("float32")
    longer = y_true[..., None], y_pred[..., None]
    equal = longer if len(shape) == 1 else (y_true, y_pred)
    for name in names(ours):
        if not hasattr(theirs, name) or (len(shape) == 1 and name in OF_SEVERAL_COLUMNS):
            continue
        if name == "R2Score" and len(shape) == 3:
            continue  # two axes, by definition
        expected = value(theirs, name, *equal)
        for given in [(y_true, longer[1]), (longer[0], y_pred)]:
            torch.testing.assert_close(value(ours, name, *given), expected, equal_nan=True, msg=name)


def test_targets_that_only_broadcast_are_refused_where_a_number_would_mean_nothing() -> None:
    for name in ["R2Score", "CategoricalAccuracy", "TopKCategoricalAccuracy", "Precision", "AUC"]:
        with pytest.raises(ValueError, match=r"\(4, 1\).*\(4, 3\)|\(4, 3\).*\(4, 1\)|\(4,\).*\(4, 3\)"):
            value(metrics, name, np.ones((4, 1), "float32"), np.ones((4, 3), "float32"))
