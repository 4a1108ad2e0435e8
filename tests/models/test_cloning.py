"""`clone_model`: new layers, new weights, the same function of them. Oracle: the model that is cloned."""

from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers, ops
from torchkeras_compat.models.cloning import clone_model

X = np.random.RandomState(0).normal(size=(2, 4, 3)).astype("float32")


def sequential():
    return ours.Sequential([ours.Input((4, 3)), layers.Dense(3), layers.LSTM(2)], name="stack")


def deferred():
    model = ours.Sequential([layers.Dense(3), layers.LSTM(2)])
    model(X)
    return model


def functional():
    x = ours.Input((4, 3), name="x")
    shared = layers.Dense(3, activation="tanh")
    inner = ours.Sequential([ours.Input((4, 3)), layers.Dense(3)], name="inner")
    y = inner(shared(shared(x))) + ops.mean(x, axis=1, keepdims=True)
    return ours.Model({"x": x}, {"y": y, "z": layers.LSTM(2)(y)}, name="graph")


class Subclassed(ours.Model):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize("make", [sequential, deferred, functional, Subclassed])
def test_a_clone_computes_the_same_with_the_same_weights(make):
    model = make()
    inputs = {"x": X} if make is functional else X
    expected = model.predict(inputs, verbose=0)
    clone = clone_model(model)
    assert type(clone) is type(model)
    if make is not Subclassed:
        assert clone.built and clone.name == model.name
        assert [a.name for a in clone.layers] == [a.name for a in model.layers]
        assert [v.name for v in clone.weights] == [v.name for v in model.weights]
    clone.predict(inputs, verbose=0)
    assert not {id(p) for p in clone.parameters()} & {id(p) for p in model.parameters()}
    clone.set_weights(model.get_weights())
    found = clone.predict(inputs, verbose=0)
    for key in expected if isinstance(expected, dict) else [...]:
        np.testing.assert_array_equal(found[key], expected[key])


def test_a_clone_is_compiled_as_the_model_is():
    model = sequential()
    model.layers[0].trainable = False
    model.compile(ours.optimizers.Adam(0.5), "mse")
    clone = clone_model(model)
    assert clone.compiled and clone.optimizer is not model.optimizer and float(clone.optimizer.learning_rate) == 0.5
    assert not clone.layers[0].trainable and clone.layers[1].trainable


def renamed(layer):
    return type(layer).from_config({**layer.get_config(), "name": f"{layer.name}_new"})


@pytest.mark.parametrize("make", [sequential, functional])
def test_layers_are_made_by_a_function(make):
    clone = clone_model(make(), clone_function=renamed)
    for layer in clone.layers:
        assert layer.name.endswith("_new") or isinstance(layer, layers.InputLayer)


def test_models_inside_are_cloned_layer_by_layer():
    seen = []

    def clone_function(layer):
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    model = functional()
    clone_model(model, clone_function=clone_function)
    assert "inner" in seen
    seen.clear()
    clone = clone_model(model, clone_function=clone_function, recursive=True)
    inner = model.get_layer("inner").layers[0]
    assert "inner" not in seen and inner.name in seen
    assert clone.get_layer("inner").layers[0] is not inner


def test_calls_are_made_by_a_function():
    def call_function(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        return layers.Dropout(0.5)(outputs) if isinstance(layer, layers.Dense) else outputs

    model = functional()
    clone = clone_model(model, clone_function=lambda layer: layer, call_function=call_function)
    assert sum(isinstance(layer, layers.Dropout) for layer in clone.layers) == 2  # the shared layer is called twice
    np.testing.assert_array_equal(
        clone.predict({"x": X}, verbose=0)["z"], model.predict({"x": X}, verbose=0)["z"]
    )  # dropout rests in inference


def test_a_clone_stands_on_other_inputs():
    other = ours.Input((4, 3), name="other")
    assert clone_model(sequential(), input_tensors=other).inputs[0] is other
    clone = clone_model(functional(), input_tensors={"x": other})
    assert clone.input["x"] is other and clone.output["z"].shape == (None, 2)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (functional, {"input_tensors": [1]}, "must be KerasTensors"),
        (functional, {"input_tensors": (ours.Input((4, 3)), ours.Input((4, 3)))}, "same structure as model.input"),
        (functional, {"clone_function": 3}, "`clone_function` is a function, or None. Received: 3"),
        (sequential, {"call_function": print}, "`call_function` is only supported for Functional"),
        (sequential, {"input_tensors": [1, 2]}, "A Sequential model has one input"),
        (Subclassed, {"clone_function": print}, "only supported for Sequential and Functional.*'Subclassed'"),
    ],
)
def test_what_does_not_fit_is_refused(make, arguments, message):
    with pytest.raises(ValueError, match=message):
        clone_model(make(), **arguments)


def test_only_models_are_cloned():
    with pytest.raises(ValueError, match="takes a model"):
        clone_model("model")
