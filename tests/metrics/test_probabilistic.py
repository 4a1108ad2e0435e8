"""Metrics of probabilities, against Keras."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from tests.metrics.against_keras import Case, MaskChecks
from torchkeras_compat import metrics


class TestProbabilistic(MaskChecks):
    cases: ClassVar[list[Case]] = [
        Case("KLDivergence", {}, "probability", "probability"),
        Case("Poisson", {}, "positive", "positive"),
        Case("BinaryCrossentropy", {}, "binary", "fraction"),
        Case("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "binary", "real"),
        Case("CategoricalCrossentropy", {}, "one_hot", "probability"),
        Case("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "one_hot", "real"),
        Case("SparseCategoricalCrossentropy", {}, "class", "probability"),
        Case("SparseCategoricalCrossentropy", {"from_logits": True}, "class", "real"),
        Case("SparseCategoricalCrossentropy", {"ignore_class": 1}, "class", "probability"),
    ]


def test_labels_that_are_not_a_class_are_named() -> None:
    with pytest.raises(ValueError, match=r"Labels must be in \[0, 3\).*Received labels from 0 to 5"):
        metrics.SparseCategoricalCrossentropy()(np.array([0, 5]), np.full((2, 3), 1 / 3))
