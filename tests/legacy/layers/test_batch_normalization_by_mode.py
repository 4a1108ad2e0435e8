"""Modes 1 and 2 of the `BatchNormalization` of Keras 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.batch_normalization_by_mode import BatchNormalizationByMode


def test_by_the_sample() -> None:
    x = np.random.RandomState(0).randn(3, 4).astype("float32")
    std = np.sqrt(x.var(-1, keepdims=True) + 1e-3)
    expected = (x - x.mean(-1, keepdims=True)) / (std + 1e-3)
    np.testing.assert_allclose(BatchNormalizationByMode(mode=1)(torch.tensor(x)).detach(), expected, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("axis", [1, -1])
def test_by_the_batch_in_training_and_afterwards(training: bool, axis: int) -> None:
    x = np.random.RandomState(0).randn(5, 4, 3).astype("float32")
    axes = (0, 2) if axis == 1 else (0, 1)
    expected = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-3)
    layer = BatchNormalizationByMode(mode=2, axis=axis)
    np.testing.assert_allclose(layer(torch.tensor(x), training=training).detach(), expected, atol=1e-5)
    assert layer.running_mean.numpy().tolist() == [0.0] * x.shape[axis]


def test_weights_are_those_of_keras_1() -> None:
    layer = BatchNormalizationByMode(mode=2, weights=[np.full(2, 2.0), np.ones(2), np.zeros(2), np.ones(2)])
    layer.build((None, 2))
    assert [w.name for w in layer.weights] == ["gamma", "beta", "running_mean", "running_std"]
    assert len(layer.trainable_weights) == 2
    assert layer.gamma.numpy().tolist() == [2.0, 2.0]


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(BatchNormalizationByMode(mode=1, gamma_regularizer="l2"), torch.randn(4, 3), tmp_path)


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="mode=0.*Mode 0 is `layers.BatchNormalization`"):
        BatchNormalizationByMode(mode=0)
    with pytest.raises(ValueError, match="size of axis 3"):
        BatchNormalizationByMode(mode=2, axis=3).build((None, 2))
