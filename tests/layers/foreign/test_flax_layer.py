"""`FlaxLayer` beside Flax itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.saving import register_keras_serializable

pytest.importorskip("jax")
linen = pytest.importorskip("flax.linen")


@register_keras_serializable("foreign")
class Block(linen.Module):
    @linen.compact
    def __call__(self, inputs, training=False):
        x = linen.Dense(3)(inputs)
        x = linen.BatchNorm(use_running_average=not training)(x)
        return linen.Dropout(0.5, deterministic=not training)(x)

    @linen.compact
    def twice(self, inputs):
        return 2 * linen.Dense(3)(inputs)

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register_keras_serializable("foreign")
def without_training(module, inputs):
    return module(inputs, False)


def test_outputs_are_those_of_flax():
    layer = layers.FlaxLayer(Block())
    x = torch.randn(4, 5)
    found = layer(x)
    arrays = [
        {k: {n: v.numpy() for n, v in d.items()} for k, d in t.items()}
        for t in (layer.params, layer.state["batch_stats"])
    ]
    wanted = Block().apply({"params": arrays[0], "batch_stats": arrays[1]}, x.numpy())
    np.testing.assert_allclose(found.detach(), wanted, atol=1e-6)
    assert (len(layer.trainable_weights), len(layer.non_trainable_weights)) == (4, 2)


@pytest.mark.parametrize("method", [None, without_training, Block.twice])
def test_a_model_trains_and_goes_through_files(tmp_path, method):
    layer = layers.FlaxLayer(Block(), method=method)
    model = torchkeras_compat.Sequential([layers.Input((5,)), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.random((16, 5)).astype("float32")
    before = [w.copy() for w in layer.get_weights()]
    model.fit(x, np.ones((16, 1)), verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True)]
    assert any(changed) and (method is not None or all(changed[len(layer.trainable_weights) :]))
    model.save(tmp_path / "model.keras")
    loaded = torchkeras_compat.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_given_variables_are_kept():
    variables = {"params": {"Dense_0": {"kernel": np.ones((2, 3), "float32"), "bias": np.zeros(3, "float32")}}}
    layer = layers.FlaxLayer(Block(), method=Block.twice, variables=variables)
    assert layer(torch.ones(1, 2)).tolist() == [[4.0] * 3]


def test_a_method_by_name_is_refused():
    with pytest.raises(TypeError, match="'twice'"):
        layers.FlaxLayer(Block(), method="twice")
