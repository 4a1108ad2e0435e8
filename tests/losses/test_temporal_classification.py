"""CTC, against Keras."""

from __future__ import annotations

import types
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tests.losses.against_keras import RNG, LossConfigChecks, compare
from torchkeras_compat import losses


class TestConfigs(LossConfigChecks):
    configs: ClassVar[list[tuple[str, dict[str, Any]]]] = [("CTC", {})]


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "none"])
def test_ctc_is_that_of_keras(real_keras: types.ModuleType, reduction: str) -> None:
    y_true = np.array([[1, 2, 1, 0], [1, 3, 0, 0]], dtype="int32")
    y_pred = RNG.normal(size=(2, 6, 4)).astype("float32")
    compare(losses.CTC(reduction), real_keras.losses.CTC(reduction), y_true, y_pred, None, None)
    compare(losses.CTC(reduction), real_keras.losses.CTC(reduction), y_true, y_pred, np.float32([1, 2]), None)


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match=r"y_true.shape=\(2,\)"):
        losses.ctc([1, 2], torch.zeros(2, 3, 4))
    with pytest.raises(ValueError, match=r"y_pred.shape=\(2, 4\)"):
        losses.ctc([[1], [2]], torch.zeros(2, 4))
