"""How the values of a loss become one, and the weights that they are multiplied by."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import losses


def test_weights_that_fit_nothing_are_named() -> None:
    with pytest.raises(ValueError, match=r"\(3,\).*\(4,\)"):
        losses.MeanSquaredError()(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))


def test_a_reduction_is_checked() -> None:
    with pytest.raises(ValueError, match="Invalid value for argument `reduction`"):
        losses.MeanSquaredError(reduction="median")
