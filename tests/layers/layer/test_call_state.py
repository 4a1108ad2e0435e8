"""Losses of a call."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_add_loss_takes_scalars():
    layer = Layer()
    layer.add_loss(2.0)
    layer.add_loss([torch.tensor(1.0)])
    assert len(layer.losses) == 2
    with pytest.raises(ValueError, match=r"scalars. Received a tensor of shape \(2,\)"):
        layer.add_loss(torch.zeros(2))


def test_add_loss_refuses_a_symbolic_tensor():
    with pytest.raises(ValueError, match="`add_loss` takes what a call computes. Received the symbolic <KerasTensor"):
        Layer().add_loss(KerasTensor(()))
