"""The generalized crossentropy, against Keras."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.losses.against_keras import Case, LossChecks
from torchkeras_compat import losses


class TestGeneralizedCrossentropy(LossChecks):
    cases: ClassVar[list[Case]] = [
        Case("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, "class", "probability"),
    ]
    function_arguments: ClassVar[dict[str, dict[str, Any]]] = {"categorical_generalized_cross_entropy": {"q": 0.7}}


def test_q_is_checked() -> None:
    with pytest.raises(ValueError, match="q must be in the interval"):
        losses.CategoricalGeneralizedCrossEntropy(q=1)
