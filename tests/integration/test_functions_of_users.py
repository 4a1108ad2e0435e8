"""Functions that a user of tf.keras gives to layers: they receive tensors of the dialect, and train."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.activations import relu
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.given_functions import as_given


@pytest.fixture
def tf_keras(hidden_keras: None) -> Iterator[None]:
    with install_as_keras("tf.keras"):
        yield


X = np.random.default_rng(0).normal(size=(32, 8)).astype("float32")


def _half(x: Any) -> Any:
    import tensorflow as tf

    assert x.shape.as_list()[-1] == 4
    y = x
    y += tf.exp(x)  # a new tensor
    return y / 2


def _square(x: Any) -> Any:
    import tensorflow as tf

    return tf.square(tf.sin(x))


@pytest.mark.parametrize("what", ["activation", "Activation", "Lambda", "tf.nn.swish", "tf.sin", "regularizer"])
def test_what_is_computed_with_tensorflow_trains(tf_keras: Any, what: str) -> None:
    import tensorflow as tf

    layers = tf.keras.layers
    middle = {
        "activation": lambda: layers.Dense(4, activation=_half),
        "Activation": lambda: layers.Activation(_half),
        "Lambda": lambda: layers.Lambda(_square),
        "tf.nn.swish": lambda: layers.Dense(4, activation=tf.nn.swish),
        "tf.sin": lambda: layers.Dense(4, activation=tf.sin),
        "regularizer": lambda: layers.Dense(4, kernel_regularizer=lambda w: tf.reduce_sum(tf.exp(w) + 1)),
    }[what]()
    model = tf.keras.Sequential([layers.Dense(4, input_shape=(8,)), middle, layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    model.fit(X, X[:, :1], verbose=0)
    assert not np.allclose(before, model.get_weights()[0])


def test_a_gradient_of_a_regularizer_reaches_the_weights(tf_keras: Any) -> None:
    import tensorflow as tf

    layer = tf.keras.layers.Dense(2, kernel_regularizer=lambda w: 0.1 * tf.reduce_sum(w), input_shape=(8,))
    model = tf.keras.Sequential([layer])
    model.compile(tf.keras.optimizers.SGD(1.0), lambda y_true, y_pred: 0.0 * tf.reduce_mean(y_pred, -1))
    before = layer.kernel.numpy().copy()
    model.fit(X, np.zeros((32, 2)), batch_size=32, verbose=0)
    np.testing.assert_allclose(before - layer.kernel.numpy(), 0.1, rtol=1e-4)


def test_a_file_names_the_function_of_the_user(tf_keras: Any, tmp_path: Any) -> None:
    import tensorflow as tf

    with tf.keras.utils.custom_object_scope({"_half": _half}):
        layer = tf.keras.layers.Dense(4, activation=_half, input_shape=(8,))
        model = tf.keras.Sequential([layer, tf.keras.layers.Activation(tf.nn.relu)])
        model.save(tmp_path / "m.keras")
        again = tf.keras.models.load_model(tmp_path / "m.keras")
    config = model.get_config()["layers"]
    assert config[1]["config"]["activation"]["config"] == "_half"
    assert config[2]["config"]["activation"] == "relu"
    assert again.layers[1].activation is relu
    for same in (again, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert as_given(same.layers[0].activation) is _half
        np.testing.assert_allclose(same.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)


def test_layers_take_strings_and_ragged_rows(tf_keras: Any) -> None:
    import tensorflow as tf

    lookup = tf.keras.layers.StringLookup(vocabulary=["a", "b"])
    for texts in (["a", "c"], np.array(["a", "c"]), tf.constant(["a", "c"])):
        assert lookup(texts).numpy().tolist() == [1, 0]
    assert lookup(tf.ragged.constant([["a"], ["b", "c"]])).to_list() == [[1], [2, 0]]
    back = tf.keras.layers.StringLookup(vocabulary=["a", "b"], invert=True)
    assert back(tf.constant([1, 2])).numpy().tolist() == [b"a", b"b"]
    with pytest.raises(TypeError, match="to_tensor"):
        tf.keras.layers.Flatten()(tf.ragged.constant([[1.0], [2.0, 3.0]]))
