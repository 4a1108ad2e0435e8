"""Attributes of layers: lists and dicts, copies."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch

from tests.layers.layer.scale import Scale
from torchkeras_compat.layers.layer.layer import Layer


def pickled(layer: Layer) -> Layer:
    return pickle.loads(pickle.dumps(layer))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_copies_own_their_weights(duplicate, x):
    layer = Scale(activity_regularizer="l2")
    layer(x)
    twin = duplicate(layer)
    torch.testing.assert_close(twin(x), layer(x))
    twin.scale.assign(np.zeros(4))
    assert not twin(x).any()
    assert layer(x).any()
    assert twin.scale.path == "scale/scale"
