"""Weights of the shape of a sample."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.layers.parametric_softplus import ParametricSoftplus
from torchkeras_compat.legacy.layers.s_relu import SReLU


def test_shared_axes_have_one_weight() -> None:
    layer = SReLU(shared_axes=[1, 2])
    layer.build((None, 4, 5, 3))
    assert [w.shape for w in layer.weights] == [(1, 1, 3)] * 4
    assert layer(torch.randn(2, 4, 5, 3)).shape == (2, 4, 5, 3)


def test_weights_to_start_from() -> None:
    layer = ParametricSoftplus(weights=[np.full(3, 2.0), np.ones(3)])
    assert torch.allclose(layer(torch.zeros(1, 3)), torch.full((1, 3), 2 * np.log(2.0), dtype=torch.float32))


def test_bad_axes_and_shapes() -> None:
    with pytest.raises(ValueError, match=r"axes from 1 to 2.*Received: \[3\]"):
        SReLU(shared_axes=3).build((None, 4, 5))
    with pytest.raises(ValueError, match=r"\(None, None, 5\)"):
        SReLU().build((None, None, 5))
