"""`cosine_proximity` of Keras 1.2 and 2.3."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from torchkeras_compat import Sequential, layers, losses, models
from torchkeras_compat.legacy.losses.cosine_proximity import (
    cosine_proximity,
    cosine_similarity_metric,
    mean_cosine_proximity,
)

A, B = np.random.RandomState(0).randn(2, 3, 4)
COSINES = (A * B).sum(-1) / np.linalg.norm(A, axis=-1) / np.linalg.norm(B, axis=-1)


def test_the_sign_and_the_size_of_each_version() -> None:
    np.testing.assert_allclose(cosine_proximity(A, B), -COSINES, rtol=1e-5)
    np.testing.assert_allclose(mean_cosine_proximity(A, B), -COSINES / 4, rtol=1e-5)
    np.testing.assert_allclose(cosine_similarity_metric(A, B), COSINES, rtol=1e-5)
    assert cosine_proximity(A, B, axis=0).shape == (4,)


def test_as_a_loss_in_a_file(tmp_path: Path) -> None:
    model = Sequential([layers.Dense(3, input_dim=4)])
    model.compile("sgd", mean_cosine_proximity, metrics=[cosine_similarity_metric])
    y = np.random.RandomState(1).randn(3, 3)
    model.fit(A, y, verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    assert loaded.loss is mean_cosine_proximity
    np.testing.assert_allclose(loaded.evaluate(A, y, verbose=0), model.evaluate(A, y, verbose=0))
    assert losses.get("cosine_proximity") is cosine_proximity


def test_symbolic_tensors() -> None:
    x = layers.Input((4,))
    assert cosine_proximity(x, x).shape == (None,)
    assert torch.is_tensor(models.Model(x, mean_cosine_proximity(x, x))(torch.ones(2, 4)))
