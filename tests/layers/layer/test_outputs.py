"""Outputs of a call: activity losses."""

from __future__ import annotations

import pytest
import torch

from tests.layers.layer.scale import Scale


def test_activity_regularizer_is_a_loss_of_the_call(x, real_keras):
    layer = Scale(activity_regularizer="l2")
    layer(x)
    theirs = real_keras.layers.Layer(activity_regularizer="l2")
    theirs.call = lambda inputs: inputs
    theirs(x)
    assert float(layer.losses[0].detach()) == pytest.approx(float(theirs.losses[0]))
    layer(x)
    assert len(layer.losses) == 1
    layer(torch.zeros(0, 4))
    assert float(layer.losses[0].detach()) == 0.0
