"""Accuracies, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.metrics.against_keras import Case, FunctionChecks, MaskChecks
from tests.python_calls import calls_of
from torchkeras_compat import metrics


class TestAccuracy(MaskChecks, FunctionChecks):
    cases: ClassVar[list[Case]] = [
        Case("Accuracy", {}, "classes", "classes"),
        Case("BinaryAccuracy", {}, "binary", "fraction"),
        Case("BinaryAccuracy", {"threshold": 0.7}, "binary", "fraction"),
        Case("CategoricalAccuracy", {}, "one_hot", "probability"),
        Case("SparseCategoricalAccuracy", {}, "class", "probability"),
        Case("TopKCategoricalAccuracy", {"k": 2}, "one_hot", "probability"),
        Case("SparseTopKCategoricalAccuracy", {"k": 2}, "class", "probability"),
        Case("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "class", "ids", False),
    ]
    functions: ClassVar[list[tuple[str, str, str, dict[str, Any]]]] = [
        ("binary_accuracy", "binary", "fraction", {"threshold": 0.3}),
        ("categorical_accuracy", "one_hot", "fraction", {}),
        ("sparse_categorical_accuracy", "class", "fraction", {}),
        ("top_k_categorical_accuracy", "one_hot", "fraction", {"k": 2}),
        ("sparse_top_k_categorical_accuracy", "class", "fraction", {"k": 2}),
    ]


@pytest.mark.parametrize(("name", "options"), [("categorical_accuracy", {}), ("top_k_categorical_accuracy", {"k": 2})])
def test_functions_accept_boolean_targets_and_predictions(name, options):
    y_true, y_pred = np.eye(3)[[0, 2, 1]], np.eye(3)[[0, 1, 2]]
    function = getattr(metrics, name)
    expected = function(y_true, y_pred, **options)
    assert torch.equal(function(y_true == 1, y_pred == 1, **options), expected)
    assert torch.equal(function(y_true == 1, y_pred, **options), expected)


def test_an_update_of_the_accuracy_takes_few_calls() -> None:
    """6 for the same in plain torch: argmax, eq, sum, and two additions."""
    metric = metrics.SparseCategoricalAccuracy()
    y_true, y_pred = torch.zeros(8, dtype=torch.int64), torch.rand(8, 3)
    metric.update_state(y_true, y_pred)
    assert calls_of(metric.update_state, y_true, y_pred, events=("call", "c_call")) <= 24


def test_more_than_all_classes_are_all() -> None:
    """`"top_k_categorical_accuracy"` means k=5, whatever the number of classes."""
    assert metrics.get("top_k_categorical_accuracy")(np.eye(3), np.eye(3)[::-1]) == 1


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="interval"):
        metrics.BinaryAccuracy(threshold=2)
