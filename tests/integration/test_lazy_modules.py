"""torch's lazy modules in layers and models: their weights are made when the model is built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat import layers

X = np.random.RandomState(0).normal(size=(8, 4)).astype("float32")


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.LazyLinear(6), nn.LazyBatchNorm1d(), nn.LazyLinear(2))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.block(inputs)


def images() -> keras.Model:
    x = keras.Input((8, 8, 3))
    h = layers.TorchModuleWrapper(nn.LazyConv2d(4, 3))(layers.Permute((3, 1, 2))(x))
    return keras.Model(x, layers.TorchModuleWrapper(nn.LazyLinear(2))(layers.Flatten()(h)))


def test_a_known_input_shape_makes_the_weights_of_torch() -> None:
    torch.manual_seed(0)
    plain = nn.LazyLinear(3)
    plain(torch.zeros(1, 4))
    torch.manual_seed(0)
    model = keras.Sequential([keras.Input((4,)), nn.LazyLinear(3)])
    module = model.layers[0].module
    assert type(module) is nn.Linear
    assert torch.equal(module.weight, plain.weight)
    assert [v.shape for v in model.trainable_weights] == [(3, 4), (3,)]
    assert model.output_shape == (None, 3)


def test_images_go_through_them() -> None:
    model = images()
    assert [v.shape for v in model.weights] == [(4, 3, 3, 3), (4,), (2, 144), (2,)]
    assert model(torch.zeros(2, 8, 8, 3)).shape == (2, 2)


@pytest.mark.parametrize("make", [Subclassed, lambda: keras.Sequential([nn.LazyLinear(6), layers.Dense(2)])])
def test_they_train_from_the_first_batch_on(make: Any) -> None:
    model = make()
    assert model.trainable_weights == []
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], verbose=0)
    before = model.get_weights()
    model.fit(X, X[:, :2], verbose=0)
    trained = len(model.trainable_weights)
    assert trained in (4, 6)
    assert sum(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)) >= trained
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), model._step.tensors, strict=True))


def test_build_makes_the_weights_that_a_file_fills(tmp_path: Any) -> None:
    model = Subclassed()
    model(X)
    model.save_weights(tmp_path / "lazy.weights.h5")
    again = Subclassed()
    again.build((None, 4))
    again.load_weights(tmp_path / "lazy.weights.h5")
    torch.testing.assert_close(again(X), model(X))


def test_they_are_frozen_before_they_have_weights() -> None:
    model = Subclassed()
    model.trainable = False
    model(X)
    assert model.trainable_weights == []
    assert not any(p.requires_grad for p in model.parameters())


def test_a_size_that_is_not_known_is_said() -> None:
    x = keras.Input((None,))
    with pytest.raises(RuntimeError, match="LazyLinear took the sizes of its weights from inputs"):
        layers.TorchModuleWrapper(nn.LazyLinear(2))(x)
