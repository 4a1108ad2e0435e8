"""`JaxLayer` beside JAX itself: numbers, gradients, state, random numbers, copies, configs and files."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers
from torchkeras_compat.saving import register_keras_serializable

jax = pytest.importorskip("jax")


@register_keras_serializable("foreign")
def init(rng: Any, inputs: Any) -> Any:
    return {"w": jax.random.normal(rng, (inputs.shape[-1], 2)), "b": [jax.numpy.zeros(2)]}


@register_keras_serializable("foreign")
def call(params: Any, inputs: Any) -> Any:
    return jax.numpy.tanh(inputs @ params["w"]) + params["b"][0]


def test_numbers_and_gradients_are_those_of_jax():
    layer = layers.JaxLayer(call, init, seed=1)
    x = torch.randn(4, 3, requires_grad=True)
    outputs = layer(x)
    (outputs**2).sum().backward()
    params = jax.tree_util.tree_map(lambda v: jax.numpy.array(v.numpy()), layer.params)
    given = jax.numpy.array(x.detach().numpy())
    wanted = jax.grad(lambda p, x: (call(p, x) ** 2).sum(), (0, 1))(params, given)
    np.testing.assert_allclose(outputs.detach(), call(params, given), atol=1e-6)
    np.testing.assert_allclose(x.grad, wanted[1], atol=1e-5)
    np.testing.assert_allclose(layer.params["w"].value.grad, wanted[0]["w"], atol=1e-5)
    np.testing.assert_allclose(layer.params["b"][0].value.grad, wanted[0]["b"][0], atol=1e-5)


def test_a_functional_model_learns_and_goes_through_files(tmp_path):
    inputs = layers.Input((3,))
    model = torchkeras_compat.Model(inputs, layers.Dense(1)(layers.JaxLayer(call, init, seed=1)(inputs)))
    assert model.layers[1].output.shape == (None, 2)
    model.compile(torchkeras_compat.optimizers.Adam(0.05), "mse")
    x = np.random.random((32, 3)).astype("float32")
    losses = model.fit(x, x.sum(1, keepdims=True), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.2 * losses[0]
    model.save(tmp_path / "model.keras")
    loaded = torchkeras_compat.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
    config = model.layers[1].get_config()
    assert config["call_fn"]["class_name"] == "function" and config["native_serialization_platforms"] is None


def test_state_changes_in_training_alone():
    def stateful(params, state, inputs, training):
        return inputs * params, {"calls": state["calls"] + 1}

    layer = layers.JaxLayer(stateful, params=np.float32(2.0), state={"calls": np.int32(0)})
    assert layer(torch.ones(2)).tolist() == [2.0, 2.0] and int(layer.state["calls"]) == 0
    for _ in range(2):
        layer(torch.ones(2), training=True)
    assert int(layer.state["calls"]) == 2
    assert [v.trainable for v in layer.variables] == [True, False]


def test_random_numbers_follow_the_seed():
    def noisy(rng, inputs):
        return inputs + jax.random.normal(rng, inputs.shape)

    first, second = (layers.JaxLayer(noisy, seed=7) for _ in range(2))
    x = torch.zeros(3)
    assert torch.equal(first(x), second(x)) and not torch.equal(first(x), first(x))


def test_inputs_and_outputs_may_be_nested():
    layer = layers.JaxLayer(lambda inputs: {"sum": inputs["a"] + inputs["b"][0], "top": inputs["a"].argmax(-1)})
    outputs = layer({"a": torch.ones(2, 3), "b": [torch.ones(2, 3)]})
    assert outputs["sum"].tolist() == [[2.0] * 3] * 2 and outputs["top"].tolist() == [0, 0]
    assert layer({"a": layers.Input((3,)), "b": [layers.Input((3,))]})["sum"].shape == (None, 3)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_have_weights_of_their_own(copied):
    layer = layers.JaxLayer(call, init)
    x = torch.randn(2, 3)
    layer(x)
    other = copied(layer)
    torch.testing.assert_close(other(x), layer(x))
    other.params["b"][0].assign([5.0, 5.0])
    assert not torch.allclose(other(x), layer(x))


@pytest.mark.parametrize(
    ("functions", "error", "words"),
    [
        ((lambda params: 1, init), ValueError, "Missing required argument in `call_fn`: `inputs`"),
        ((lambda inputs, foo: 1,), ValueError, "Unsupported argument in `call_fn`: `foo`"),
        ((call, lambda rng: 1), ValueError, "Missing required argument in `init_fn`: `inputs`"),
        ((call,), ValueError, "cannot all be `None`"),
        ((3,), TypeError, "3 is not a callable object"),
    ],
)
def test_functions_that_do_not_fit_are_refused(functions, error, words):
    with pytest.raises(error, match=words):
        layers.JaxLayer(*functions)


def test_a_config_brings_no_function():
    config = layers.JaxLayer(call, init).get_config()
    for hostile in (
        {"module": "os", "class_name": "function", "config": "system", "registered_name": None},
        "os.system",
    ):
        with pytest.raises((ValueError, TypeError)):
            layers.JaxLayer.from_config({**config, "call_fn": hostile})
    with pytest.raises(ValueError, match="backend of TensorFlow"):
        layers.JaxLayer(call, init, native_serialization_platforms=("cpu",))
