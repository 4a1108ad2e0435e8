"""What `MaxoutDense` and `Highway` have in common."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Sequential
from torchkeras_compat.legacy.layers.highway import Highway
from torchkeras_compat.legacy.layers.maxout_dense import MaxoutDense


def test_input_dim_builds_a_model() -> None:
    assert Sequential([Highway(input_dim=4), MaxoutDense(3)]).output_shape == (None, 3)


def test_penalties_of_the_weights() -> None:
    layer = MaxoutDense(3, W_regularizer="l2", b_regularizer="l1")
    layer(torch.ones(1, 2))
    assert len(layer.losses) == 2


def test_initializers_are_those_of_keras_1() -> None:
    assert MaxoutDense(3, init="orthogonal").init.gain == 1.1
    assert MaxoutDense(3, init="glorot_normal").init.distribution == "untruncated_normal"


def test_inputs_with_other_axes() -> None:
    with pytest.raises(ValueError, match="expected ndim=2|takes inputs"):
        Highway()(torch.ones(1, 2, 3))
