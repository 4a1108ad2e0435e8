"""`RandomFourierFeatures` beside tf.keras 2.15.1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.initializers import HeNormal
from torchkeras_compat.legacy.layers.random_fourier_features import RandomFourierFeatures


def test_the_numbers_of_tf_keras() -> None:
    layer = RandomFourierFeatures(3)
    x = torch.tensor([[1.0, 2.0]])
    layer(x)
    assert [w.shape for w in layer.weights] == [(1,), (2, 3), (3,)]
    layer.unscaled_kernel.assign(0.5 * np.sin(np.arange(6)).reshape(2, 3))
    layer.bias.assign(0.5 * np.sin(np.arange(3)))
    np.testing.assert_allclose(layer(x).detach(), [[0.99005908, 0.99641776, 0.99876887]], atol=1e-6)


def test_inner_products_approach_the_gaussian_kernel() -> None:
    layer = RandomFourierFeatures(20000, scale=2.0)
    x = torch.tensor([[0.0, 0.0], [1.0, 1.0]])
    features = layer(x) * (2 / 20000) ** 0.5
    assert (features[0] @ features[1]).item() == pytest.approx(np.exp(-2 / (2 * 2.0**2)), abs=0.03)


def test_inner_products_approach_the_laplacian_kernel() -> None:
    layer = RandomFourierFeatures(20000, "laplacian", scale=2.0)
    features = layer(torch.tensor([[0.0], [1.0]])) * (2 / 20000) ** 0.5
    assert (features[0] @ features[1]).item() == pytest.approx(np.exp(-1 / 2.0), abs=0.03)


def test_the_width_is_learned_if_asked_for() -> None:
    layer = RandomFourierFeatures(3, trainable=True)
    layer.build((None, 8))
    assert [w.name for w in layer.trainable_weights] == ["kernel_scale"]
    assert layer.kernel_scale.numpy().tolist() == [2.0]  # sqrt(8 / 2)


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(RandomFourierFeatures(3, "laplacian"), torch.randn(2, 4), tmp_path)
    check_round_trip(RandomFourierFeatures(3, HeNormal(seed=1), scale=1.5), torch.randn(2, 4), tmp_path)


@pytest.mark.parametrize("arguments", [{"output_dim": 0}, {"scale": -1.0}, {"kernel_initializer": "poisson"}])
def test_bad_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(arguments.values())))):
        RandomFourierFeatures(**{"output_dim": 3, **arguments})
