"""Dice and Tversky, against Keras."""

from __future__ import annotations

import types
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.losses.against_keras import REDUCTIONS, LossConfigChecks, compare, data
from torchkeras_compat import losses


class TestConfigs(LossConfigChecks):
    configs: ClassVar[list[tuple[str, dict[str, Any]]]] = [
        ("Dice", {"axis": [1, 2]}),
        ("Tversky", {"alpha": 0.2, "beta": 0.8}),
    ]


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
def test_overlaps_are_those_of_keras(real_keras: types.ModuleType, axis: Any) -> None:
    y_true, y_pred = data("binary", "fraction", (2, 4, 3))
    for name, arguments in (("Dice", {}), ("Tversky", {"alpha": 0.3, "beta": 0.9})):
        for reduction in REDUCTIONS:
            ours = getattr(losses, name)(**arguments, axis=axis, reduction=reduction)
            theirs = getattr(real_keras.losses, name)(**arguments, axis=axis, reduction=reduction)
            compare(ours, theirs, y_true, y_pred, None, None)
            compare(ours, theirs, y_true, y_pred, np.float32(0.5), None)
