"""How the values of a loss become one, and the weights that they are multiplied by."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.losses.reduction import reduce_weighted_values


def test_weights_that_fit_nothing_are_named() -> None:
    with pytest.raises(ValueError, match=r"\(3,\).*\(4,\)"):
        losses.MeanSquaredError()(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))


def test_a_reduction_is_checked() -> None:
    with pytest.raises(ValueError, match="Invalid value for argument `reduction`"):
        losses.MeanSquaredError(reduction="median")


def test_weights_of_one_value_divide_it_too():
    """A loss of one number, of targets on one axis, with a weight for each of them."""
    value, weights = torch.tensor(2.0), torch.tensor([1.0, 2.0, 0.0, 0.5])
    assert reduce_weighted_values(value, weights, reduction="mean_with_sample_weight") == 2.0
    assert reduce_weighted_values(value, torch.tensor(3.0), reduction="mean_with_sample_weight") == 6.0  # as in Keras
