"""Constraints over weights of several ranks, beside real Keras."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import constraints

CASES = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MaxNorm", {"max_value": 0.5, "axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 0.8, "max_value": 1.2, "rate": 0.5, "axis": 1}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
]


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (2, 2, 3, 4)])
@pytest.mark.parametrize("scale", [0.01, 1.0, 10.0])
@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_values_are_those_of_keras(real_keras, name, arguments, scale, shape):
    w = torch.randn(shape) * scale
    mine = getattr(constraints, name)(**arguments)(w.clone())
    torch.testing.assert_close(mine, getattr(real_keras.constraints, name)(**arguments)(w.clone()))
    assert mine.shape == w.shape


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_configs_are_those_of_keras_and_round_trip(real_keras, name, arguments):
    mine, other = getattr(constraints, name)(**arguments), getattr(real_keras.constraints, name)(**arguments)
    assert mine.get_config() == other.get_config()
    again = constraints.deserialize(constraints.serialize(mine))
    assert type(again) is type(mine) and again.get_config() == mine.get_config()
