"""`ParametricSoftplus`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.parametric_softplus import ParametricSoftplus


def test_the_formula() -> None:
    x = torch.linspace(-2, 2, 7).reshape(1, 7)
    expected = 0.3 * np.log1p(np.exp(2.0 * x.numpy()))
    np.testing.assert_allclose(ParametricSoftplus(0.3, 2.0)(x).detach(), expected, rtol=1e-5)


def test_the_defaults_of_keras_1() -> None:
    layer = ParametricSoftplus()
    layer.build((None, 2))
    assert [w.numpy().tolist() for w in layer.weights] == [[np.float32(0.2)] * 2, [5.0] * 2]


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(ParametricSoftplus(0.3, 2.0), torch.randn(2, 3), tmp_path)
