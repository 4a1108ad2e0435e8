"""What every metric does: boolean targets, shapes, weights, results before any data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.metrics.against_keras import DATA, restart_data
from torchkeras_compat import metrics


@pytest.fixture(autouse=True)
def same_data_in_any_order() -> None:
    restart_data()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Accuracy", {}),
        ("CategoricalAccuracy", {}),
        ("TopKCategoricalAccuracy", {"k": 2}),
        ("BinaryAccuracy", {}),
        ("CategoricalCrossentropy", {}),
        ("AUC", {}),
        ("Precision", {}),
        ("Recall", {"class_id": 1}),
        ("F1Score", {}),
        ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}),
        ("OneHotMeanIoU", {"num_classes": 3}),
        ("R2Score", {}),
    ],
)
def test_boolean_one_hot_targets_are_zeros_and_ones(real_keras, name, options):
    y_true, y_pred = DATA["one_hot"]((12, 3)), DATA["probability"]((12, 3))
    results = []
    for targets in (y_true == 1, torch.tensor(y_true == 1), y_true):
        metric = getattr(metrics, name)(**options)
        metric.update_state(targets, y_pred)
        results.append(metric.result().numpy())
    real = getattr(real_keras.metrics, name)(**options)
    real.update_state(y_true, y_pred)
    for result in results:
        np.testing.assert_allclose(result, real.result().cpu().numpy(), rtol=1e-5)


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


def test_weights_that_fit_nothing_are_named() -> None:
    for metric in (metrics.MeanSquaredError(), metrics.Precision(), metrics.AUC()):
        with pytest.raises(ValueError, match=r"\(3,\).*\(4"):
            metric.update_state(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))


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
