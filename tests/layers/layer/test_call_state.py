"""Losses of a call."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model


def test_add_loss_takes_scalars():
    layer = Layer()
    layer.add_loss(2.0)
    layer.add_loss([torch.tensor(1.0)])
    assert len(layer.losses) == 2
    with pytest.raises(ValueError, match=r"scalars. Received a tensor of shape \(2,\)"):
        layer.add_loss(torch.zeros(2))


def test_the_losses_of_calls_leave_the_name_that_models_give_theirs(x):
    class WithLosses(Model):
        def __init__(self):
            super().__init__()
            self._losses = {"generator": "mse", "critic": "mae"}
            self.dense = Dense(1)

        def call(self, inputs):
            self.add_loss(inputs.mean())
            return self.dense(inputs)

    model = WithLosses()
    model(x)
    model(x)
    assert len(model.losses) == 1
    assert model._losses == {"generator": "mse", "critic": "mae"}
