"""What metrics say when data or arguments do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import metrics


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Accuracy", {}),
        ("BinaryAccuracy", {}),
        ("CategoricalAccuracy", {}),
        ("SparseCategoricalAccuracy", {}),
        ("TopKCategoricalAccuracy", {}),
        ("SparseTopKCategoricalAccuracy", {}),
        ("MeanSquaredError", {}),
        ("RootMeanSquaredError", {}),
        ("BinaryCrossentropy", {}),
        ("Precision", {}),
        ("Recall", {"thresholds": [0.1, 0.2]}),
        ("TruePositives", {}),
        ("AUC", {}),
        ("SensitivityAtSpecificity", {"specificity": 0.5}),
        ("F1Score", {}),
        ("R2Score", {}),
        ("MeanIoU", {"num_classes": 2}),
        ("PearsonCorrelation", {}),
    ],
)
def test_both_shapes_are_named(name: str, arguments: dict[str, Any]) -> None:
    metric = getattr(metrics, name)(**arguments)
    with pytest.raises(ValueError, match=r"(?s)(\(4, 2\).*\(4, 3\)|\(4, 3\).*\(4, 2\))"):
        metric.update_state(torch.zeros(4, 2), torch.rand(4, 3))
    if metric.variables:
        assert all((v.numpy() == 0).all() for v in metric.variables)


def test_labels_that_are_no_class_are_named() -> None:
    with pytest.raises(ValueError, match=r"Labels must be in \[0, 3\).*Received labels from 0 to 5"):
        metrics.SparseCategoricalCrossentropy()(np.array([0, 5]), np.full((2, 3), 1 / 3))


def test_classes_that_change_are_refused() -> None:
    for metric in (metrics.F1Score(), metrics.R2Score(), metrics.AUC(multi_label=True)):
        metric.update_state(np.eye(3), np.eye(3))
        with pytest.raises(ValueError, match=r"3 (classes|outputs|labels).*\(4, 4\)"):
            metric.update_state(np.eye(4), np.eye(4))


def test_a_result_before_any_data_is_explained() -> None:
    for metric in (metrics.F1Score(), metrics.R2Score(), metrics.AUC(multi_label=True)):
        with pytest.raises(ValueError, match="is not known: update the metric with data"):
            metric.result()
        metric.reset_state()


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("BinaryAccuracy", {"threshold": 2}, "interval"),
        ("Precision", {"thresholds": [0.1, 1.5]}, r"in \[0, 1\]. Received: \[1.5\]"),
        ("Precision", {"top_k": 0}, "`top_k` must be a positive int"),
        ("AUC", {"curve": "RC"}, 'Invalid AUC curve value: "RC"'),
        ("AUC", {"summation_method": "sum"}, 'Invalid AUC summation method value: "sum"'),
        ("AUC", {"num_thresholds": 1}, "integer > 1"),
        ("AUC", {"num_labels": 2}, "only when `multi_label`"),
        ("AUC", {"multi_label": True, "num_labels": 2, "label_weights": [1.0]}, "for each of the 2 labels"),
        ("PrecisionAtRecall", {"recall": 1.5}, r"`recall` must be in the range \[0, 1\]"),
        ("RecallAtPrecision", {"precision": 0.5, "num_thresholds": 0}, "integer > 0"),
        ("FBetaScore", {"average": "sum"}, "average=sum"),
        ("FBetaScore", {"beta": 0.0}, "beta=0.0"),
        ("F1Score", {"threshold": 1.5}, "threshold=1.5"),
        ("R2Score", {"class_aggregation": "sum"}, "class_aggregation=sum"),
        ("R2Score", {"num_regressors": -1}, "num_regressors=-1"),
        ("IoU", {"num_classes": 2, "target_class_ids": [2]}, r"Target class id 2 is out of range, which is \[0, 2\)"),
        ("MeanIoU", {"num_classes": 0}, "num_classes=0"),
    ],
)
def test_arguments_are_checked(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(metrics, name)(**arguments)


def test_columns_that_are_not_there_are_named() -> None:
    y = np.eye(3)
    with pytest.raises(ValueError, match="`class_id`=3 is none of the 3 columns"):
        metrics.Recall(class_id=3)(y, y)
    with pytest.raises(ValueError, match=r"y_pred must be a 2D array .* found shape: \(3,\)"):
        metrics.Precision(class_id=0)(y[0], y[0])
    with pytest.raises(ValueError, match="`top_k`=4 is more than the 3 classes"):
        metrics.Precision(top_k=4)(y, y)
    with pytest.raises(ValueError, match=r"With `multi_label`, y_pred must have shape \(batch, labels\)"):
        metrics.AUC(multi_label=True)(y[0], y[0])


def test_weights_that_fit_nothing_are_named() -> None:
    for metric in (metrics.MeanSquaredError(), metrics.Precision(), metrics.AUC()):
        with pytest.raises(ValueError, match=r"\(3,\).*\(4"):
            metric.update_state(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))


def test_weights_cut_off_by_an_integer_state_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="weights are torch.float64 but the dtype of this metric is int32"):
        metrics.MeanIoU(num_classes=2)([0, 1], [0, 1], sample_weight=np.array([0.5, 2.0]))


def test_regressors_without_enough_values_are_warned_of() -> None:
    metric = metrics.R2Score(num_regressors=9)
    metric.update_state(np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]]))
    with pytest.warns(UserWarning, match=r"more independent regressors \(9\)"):
        metric.result()


def test_more_than_all_classes_are_all() -> None:
    """`"top_k_categorical_accuracy"` means k=5, whatever the number of classes."""
    assert metrics.get("top_k_categorical_accuracy")(np.eye(3), np.eye(3)[::-1]) == 1
