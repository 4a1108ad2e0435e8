"""Focal crossentropies, against Keras."""

from __future__ import annotations

import types
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.losses.against_keras import PREDICTIONS, RNG, Case, LossChecks
from torchkeras_compat import losses


class TestFocal(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("BinaryFocalCrossentropy", {}, "binary", "fraction"),
        Case(
            "BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}, "binary", "fraction"
        ),
        Case("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
        Case("CategoricalFocalCrossentropy", {}, "one_hot", "fraction"),
        Case("CategoricalFocalCrossentropy", {"alpha": [0.1, 0.2, 0.7], "gamma": 1.0}, "one_hot", "probability"),
        Case("CategoricalFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "one_hot", "real"),
    ]
    function_arguments: ClassVar[dict[str, dict[str, Any]]] = {
        "binary_focal_crossentropy": {"apply_class_balancing": True}
    }


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_the_axis_of_the_classes_may_be_any(real_keras: types.ModuleType, axis: int) -> None:
    y_pred = PREDICTIONS["fraction"]((2, 4, 3, 5))
    classes = y_pred.shape[axis]
    labels = RNG.integers(0, classes, [s for i, s in enumerate(y_pred.shape) if i != axis % 4])
    one_hot = np.moveaxis(np.eye(classes, dtype="float32")[labels], -1, axis)
    for from_logits in (False, True):
        focal = [
            space.categorical_focal_crossentropy(one_hot, y_pred, from_logits=from_logits, axis=axis)
            for space in (losses, real_keras.losses)
        ]
        torch.testing.assert_close(*focal)


def test_one_class_is_warned_of() -> None:
    with pytest.warns(SyntaxWarning, match=r"one class: y_pred.shape=\(4, 1\)"):
        losses.CategoricalFocalCrossentropy()(torch.ones(4, 1), torch.ones(4, 1))
