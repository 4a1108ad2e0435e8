"""`TFSMLayer`: a SavedModel computes and trains; a config opens none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError


def test_a_config_opens_no_path():
    with pytest.raises(FileContentError, match="never opens a path"):
        layers.TFSMLayer.from_config({"filepath": "saved_model", "call_endpoint": "serve"})
    description = {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "saved_model"}}
    with pytest.raises(FileContentError, match="never opens a path"):
        layers.deserialize({**description, "registered_name": None})


@pytest.fixture
def saved(tmp_path):
    """A linear SavedModel, whose endpoint of training counts its calls."""
    tf = pytest.importorskip("tensorflow")

    class Linear(tf.Module):
        def __init__(self):
            super().__init__()
            self.kernel = tf.Variable(np.ones((3, 2), "float32"), name="kernel")
            self.calls = tf.Variable(0.0, trainable=False, name="calls")

        @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32)])
        def serve(self, inputs):
            return inputs @ self.kernel

        @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32)])
        def training(self, inputs):
            self.calls.assign_add(1.0)
            return inputs @ self.kernel

    tf.saved_model.save(Linear(), str(tmp_path / "linear"))
    return tmp_path / "linear"


def test_it_computes_and_trains(saved):
    layer = layers.TFSMLayer(saved, call_training_endpoint="training")
    x = torch.randn(4, 3, requires_grad=True)
    outputs = layer(x)
    outputs.sum().backward()
    torch.testing.assert_close(outputs, x @ torch.ones(3, 2))
    torch.testing.assert_close(x.grad, torch.full((4, 3), 2.0))
    inputs = layers.Input((3,))
    model = torchkeras_compat.Model(inputs, layer(inputs))
    assert model.output_shape == (None, 2)
    model.compile(torchkeras_compat.optimizers.Adam(0.1), "mse")
    data = np.random.random((8, 3)).astype("float32")
    losses = model.fit(data, np.zeros((8, 2)), epochs=10, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    calls = next(v for v in layer.variables if v.name == "calls")
    assert float(calls) == 10.0 and not calls.trainable
    again = layers.TFSMLayer.from_config(layer.get_config(), safe_mode=False)
    assert again.call_training_endpoint == "training"


def test_an_unknown_endpoint_is_refused(saved):
    with pytest.raises(ValueError, match="'other' is neither"):
        layers.TFSMLayer(saved, call_endpoint="other")
