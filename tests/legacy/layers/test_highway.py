"""`Highway`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.highway import Highway


def test_the_formula() -> None:
    random = np.random.RandomState(0)
    w, w_carry, b, b_carry = random.randn(3, 3), random.randn(3, 3), random.randn(3), random.randn(3)
    x = random.randn(2, 3)
    gate = 1 / (1 + np.exp(-(x @ w_carry + b_carry)))
    expected = gate * np.tanh(x @ w + b) + (1 - gate) * x
    layer = Highway(activation="tanh", weights=[w, w_carry, b, b_carry])
    np.testing.assert_allclose(layer(torch.tensor(x, dtype=torch.float32)).detach(), expected, atol=1e-5)


def test_the_gate_starts_open() -> None:
    layer = Highway(transform_bias=-2)  # which Keras 1.2 does not use
    layer.build((None, 2))
    assert layer.b is not None and layer.b_carry is not None
    assert layer.b_carry.numpy().tolist() == [1.0, 1.0]
    assert layer.b.numpy().tolist() == [0.0, 0.0]


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(Highway(activation="relu"), torch.randn(2, 3), tmp_path)
    check_round_trip(Highway(bias=False), torch.randn(2, 3), tmp_path)
