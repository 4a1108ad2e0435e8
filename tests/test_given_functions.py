"""Functions that a user of tf.keras gives to layers: they receive tensors of the dialect, and train."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.activations import relu
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.given_functions import GivenFunction, as_given, for_the_core
from torchkeras_compat.layers import Dense

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


@pytest.mark.usefixtures("hidden_keras")
@pytest.mark.parametrize("what", ["activation", "Activation", "Lambda", "tf.nn.swish", "tf.sin", "regularizer"])
def test_what_is_computed_with_tensorflow_trains(what: str) -> None:
    with install_as_keras(dialect="tf.keras"):
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


@pytest.mark.usefixtures("hidden_keras")
def test_a_gradient_of_a_regularizer_reaches_the_weights() -> None:
    with install_as_keras(dialect="tf.keras"):
        import tensorflow as tf

        layer = tf.keras.layers.Dense(2, kernel_regularizer=lambda w: 0.1 * tf.reduce_sum(w), input_shape=(8,))
        model = tf.keras.Sequential([layer])
        model.compile(tf.keras.optimizers.SGD(1.0), lambda y_true, y_pred: 0.0 * tf.reduce_mean(y_pred, -1))
        before = layer.kernel.numpy().copy()
        model.fit(X, np.zeros((32, 2)), batch_size=32, verbose=0)
    np.testing.assert_allclose(before - layer.kernel.numpy(), 0.1, rtol=1e-4)


@pytest.mark.usefixtures("hidden_keras")
def test_a_file_names_the_function_of_the_user(tmp_path: Any) -> None:
    with install_as_keras(dialect="tf.keras"):
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


def test_elsewhere_a_function_stays_itself() -> None:
    assert for_the_core(_half) is _half
    assert Dense(4, activation=_half).activation is _half


def test_it_is_equal_to_the_function() -> None:
    given = GivenFunction(_half, _square)
    assert given == _half and {_half: 1}[given] == 1 and given == GivenFunction(_half, _half)
    assert given.__name__ == "_half" and repr(given) == repr(_half)
    assert as_given(given) is _half and as_given(relu) is relu
