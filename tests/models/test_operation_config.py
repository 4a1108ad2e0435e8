"""Recorded functions in configs: real Keras makes the same model of them, and so does this package.

Oracle: real Keras.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import ops
from torchkeras_compat.errors import FileLimitError
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.models.operation_config import old_function

CALLS = {
    "mean": lambda t: ops.mean(t, axis=1, keepdims=True),
    "sum": lambda t: ops.sum(t, 1),
    "concatenate": lambda t: ops.concatenate([t, t], axis=-1),
    "stack": lambda t: ops.stack([t, t], axis=1),
    "split": lambda t: ops.split(t, 3, axis=2)[1],
    "reshape": lambda t: ops.reshape(t, (-1, 12)),
    "transpose": lambda t: ops.transpose(t, axes=(0, 2, 1)),
    "slices": lambda t: t[:, 1:3, None, ..., -1],
    "operators": lambda t: 1 / (2 - t**2) + abs(t) * (t > 0.5),
    "where": lambda t: ops.where(t > 0.5, t, 0.0),
    "cast": lambda t: ops.cast(t * 10, "int32"),
    "clip": lambda t: ops.clip(t, 0.2, x_max=0.5),
    "gelu": lambda t: ops.gelu(t, approximate=False),
    "one_hot": lambda t: ops.one_hot(ops.argmax(t, -1), 3),
    "take": lambda t: ops.take(t, np.array([0, 2]), axis=1),
    "norm": lambda t: ops.norm(t, axis=-1),
    "logsumexp": lambda t: ops.logsumexp(t, axis=-1),
    "isclose": lambda t: ops.isclose(t, t + 1e-3, atol=1e-2),
    "top_k": lambda t: ops.top_k(t, 2)[0],
    "normalize": lambda t: ops.rms_normalization(t, axis=-1),
    "pooled": lambda t: ops.average_pool(t, 2, strides=1, padding="same"),
    "squareplus": lambda t: ops.squareplus(t, b=3),
}


@pytest.mark.parametrize("name", CALLS)
def test_keras_makes_the_same_model(name, real_keras):
    inputs = ours.Input((4, 3))
    model = ours.Model(inputs, CALLS[name](inputs))
    x = np.random.RandomState(0).uniform(size=(2, 4, 3)).astype("float32")
    expected = model.predict(x, verbose=0)
    theirs = real_keras.models.model_from_json(model.to_json())
    again = model_from_json(theirs.to_json())
    for other in (theirs, again, model_from_json(model.to_json())):
        np.testing.assert_allclose(other.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)


def test_functions_without_a_name_in_files_are_refused():
    inputs = ours.Input((4,))
    model = ours.Model(inputs, torch.cumsum(inputs, 1))
    with pytest.raises(ValueError, match="The model calls .*cumsum on symbolic tensors"):
        model.to_json()


def test_an_unknown_operation_is_refused():
    inputs = ours.Input((4,))
    config = ours.Model(inputs, ops.relu(inputs)).to_json().replace('"Relu"', '"Rleu"')
    with pytest.raises(ValueError, match="'Rleu', which torchkeras_compat.ops does not have.*Did you mean 'relu"):
        model_from_json(config)


def entry(name, module, class_name, config, args, kwargs=None):
    node = {"args": args, "kwargs": kwargs or {}}
    return {
        "module": f"keras.src.{module}",
        "class_name": class_name,
        "config": config,
        "registered_name": class_name,
        "name": name,
        "inbound_nodes": [node],
    }


def tensor(name, index=0):
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [2, 4], "dtype": "float32", "keras_history": [name, 0, index]},
    }


X = np.arange(8, dtype="float32").reshape(2, 4) / 8
# Entries as Keras 3.0.5 and 3.9.2 write them, without a name in the config and with settings in calls.
OLD = {
    "3.0.5 Scatter": (
        entry("s", "ops.core", "Scatter", {}, [[[0], [2]], tensor("in"), [3, 4]]),
        [X[0], X[0] * 0, X[1]],
    ),
    "3.0.5 Slice": (entry("s", "ops.core", "Slice", {}, [tensor("in"), [0, 1], [2, 2]]), X[:, 1:3]),
    "3.0.5 FullLike": (entry("f", "ops.numpy", "FullLike", {}, [tensor("in"), 2, "int32"]), np.full((2, 4), 2)),
    "3.0.5 ZerosLike": (entry("z", "ops.numpy", "ZerosLike", {}, [tensor("in"), None]), X * 0),
    "3.0.5 Array": (entry("a", "ops.numpy", "Array", {}, [tensor("in"), "float32"]), X),
    "3.0.5 ReLU": (
        entry("r", "activations.activations", "ReLU", {"max_value": 0.5, "threshold": 0.0}, [tensor("in")]),
        X.clip(max=0.5),
    ),
    "3.9.2 Isclose": (
        entry("i", "ops.numpy", "Isclose", {}, [tensor("in"), 0.5, 0, 0.2, False]),
        np.isclose(X, 0.5, 0, 0.2),
    ),
    "3.9.2 SearchSorted": (
        entry("s", "ops.numpy", "SearchSorted", {}, [[0.1, 0.5], tensor("flat")], {"side": "right"}),
        np.searchsorted([0.1, 0.5], X.ravel(), "right"),
    ),
    "3.9.2 Threshold": (
        entry("t", "ops.nn", "Threshold", {"threshold_value": 0.3, "value": 7.0}, [tensor("in")]),
        np.where(X > 0.3, X, 7),
    ),
    "3.9.2 GetItem": (
        entry("g", "ops.numpy", "GetItem", {}, [tensor("in"), [{"class_name": "__ellipsis__", "config": {}}, 1]]),
        X[..., 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_operations_of_earlier_versions_are_read(name):
    config, expected = OLD[name]
    first = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [2, 4], "dtype": "float32", "name": "in"},
        "registered_name": None,
        "name": "in",
        "inbound_nodes": [],
    }
    flat = entry("flat", "ops.numpy", "Ravel", {}, [tensor("in")])
    layers = [first, flat, config] if "flat" in json.dumps(config) else [first, config]
    settings = {"name": "old", "trainable": True, "layers": layers, "input_layers": [["in", 0, 0]]}
    settings["output_layers"] = [[config["name"], 0, 0]]
    text = {"module": "keras.src.models.functional", "class_name": "Functional", "config": settings}
    model = model_from_json(json.dumps({**text, "registered_name": "Functional"}))
    assert model.operations[-1].name == config["name"]
    for again in (model, model_from_json(model.to_json())):
        np.testing.assert_allclose(again.predict_on_batch(X), expected, rtol=1e-6)


def test_layers_without_trainable_in_a_keras_3_h5_file_are_layers(real_keras, tmp_path):
    inputs = real_keras.Input((4, 3))
    x = real_keras.layers.SpatialDropout1D(0.5)(inputs)
    x = real_keras.ops.add(real_keras.layers.Discretization([0.2, 0.5])(x), 1)
    model = real_keras.Model(inputs, real_keras.layers.Add()([x, x]))
    model.save(tmp_path / "model.h5")
    again = ours.models.load_model(tmp_path / "model.h5")
    data = np.random.RandomState(0).uniform(size=(2, 4, 3)).astype("float32")
    np.testing.assert_allclose(again.predict(data, verbose=0), model.predict(data, verbose=0))


@pytest.mark.parametrize("function", ["split", "array_split", "unstack"])
def test_calls_with_more_outputs_than_a_file_may_have_calls_are_refused(function):
    inputs = ours.Input((4,))
    outputs = getattr(ops, function)(inputs, 4, axis=1)
    text = ours.Model(inputs, outputs[0]).to_json()
    text = text.replace('"indices_or_sections": 4', '"indices_or_sections": 1000000000000')
    text = text.replace('"num": 4', '"num": 1000000000000')
    with pytest.raises(FileLimitError, match="1000000000000 outputs.*calls"):
        model_from_json(text)


def test_a_function_of_an_old_file_has_a_config() -> None:
    call = old_function({"function": "tf.nn.relu", "name": "r"})
    assert call.get_config() == {"name": "r", "function": "tf.nn.relu"}
