"""Models of every dialect in files, copies and pickles; what Keras 3 has everything for, it reads itself."""

from __future__ import annotations

import contextlib
import copy
import pickle
import resource
import sys
import time
import warnings

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat.dialects.install import ROOTS
from torchkeras_compat.errors import FileContentError, FileSafetyError

X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")

_STEPS = {
    "reshape to the batch size": lambda tf, K, x: tf.reshape(x, [tf.shape(x)[0], -1]),
    "concat": lambda tf, K, x: tf.concat([x, x * 2], -1),
    "relu": lambda tf, K, x: tf.nn.relu(x),
    "slices and numbers": lambda tf, K, x: 1 - x[:, None, ::2],
    "cast of a comparison": lambda tf, K, x: tf.cast(x > 0, tf.float32),
    "transposed product": lambda tf, K, x: tf.matmul(x, x, transpose_b=True),
    "split": lambda tf, K, x: tf.split(x, 3, axis=-1)[1],
    "l2": lambda tf, K, x: tf.math.l2_normalize(x, axis=-1),
    "log": lambda tf, K, x: tf.math.log(tf.abs(x) + 1.0),
    "resize": lambda tf, K, x: tf.image.resize(tf.expand_dims(x, -1), (8, 6)),
    "backend": lambda tf, K, x: K.concatenate([K.l2_normalize(x, axis=1), K.batch_dot(x, x, axes=2)]),
    "backend reshape": lambda tf, K, x: K.reshape(x, (K.shape(x)[0], -1)),
    "backend choices": lambda tf, K, x: K.clip(K.switch(x > 0, x, x * 2), -1.0, 1.0),
}
_ONLY_HERE = {
    "noise": lambda tf, K, x: x + 0 * tf.random.normal(tf.shape(x)),
    "backend relu": lambda tf, K, x: K.relu(x, alpha=0.1, max_value=2.0),
    "hard sigmoid": lambda tf, K, x: K.hard_sigmoid(x),
    "crelu": lambda tf, K, x: tf.nn.crelu(x),
    "norm": lambda tf, K, x: tf.norm(x, axis=-1),
}


@contextlib.contextmanager
def installed_as(dialect):
    """Have a dialect inside the scope, and Keras itself before and after."""
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ROOTS}
    try:
        with torchkeras_compat.install_as_keras(dialect):
            yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
            del sys.modules[name]
        sys.modules.update(hidden)


@pytest.fixture
def tf_keras():
    """`keras` and `tensorflow` mean this package, as tf.keras."""
    with installed_as("tf.keras"):
        yield


def model_of(step):
    import tensorflow as tf
    from tensorflow.keras import Input, Model
    from tensorflow.keras import backend as K

    x = Input((4, 3))
    return Model(x, step(tf, K, x))


@pytest.mark.parametrize("name", [*_STEPS, *_ONLY_HERE])
@pytest.mark.filterwarnings("ignore:Keras 3 has nothing")
def test_functions_as_steps_of_a_model_are_saved_and_copied(tf_keras, tmp_path, name):
    from tensorflow.keras import models

    model = model_of({**_STEPS, **_ONLY_HERE}[name])
    expected = np.asarray(model(X))
    again = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model), models.clone_model(model)]
    again.append(models.model_from_json(model.to_json()))
    for ending in ("keras", "h5"):
        model.save(tmp_path / f"m.{ending}")
        again += [package.models.load_model(tmp_path / f"m.{ending}") for package in (tf_keras_of(), torchkeras_compat)]
    again.append(models.clone_model(again[-1]))
    for made in again:
        np.testing.assert_allclose(np.asarray(made.predict(X, verbose=0)), expected, rtol=1e-5, atol=1e-6)


def tf_keras_of():
    from tensorflow import keras

    return keras


@pytest.mark.parametrize("name", _STEPS)
def test_keras_reads_steps_that_it_has_functions_for(real_keras, tmp_path, name):
    with installed_as("tf.keras"), warnings.catch_warnings():
        model = model_of(_STEPS[name])
        warnings.simplefilter("error")
        model.save(tmp_path / "m.keras")
    theirs = real_keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(theirs.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def test_what_keras_lacks_is_said_once_for_each_file(tf_keras, tmp_path):
    model = model_of(lambda tf, K, x: _ONLY_HERE["crelu"](tf, K, _ONLY_HERE["norm"](tf, K, x)))
    for _ in range(2):
        with pytest.warns(UserWarning, match="nothing that means tf.norm, tf.nn.crelu as the model") as found:
            model.save(tmp_path / "m.keras")
        assert len(found) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.to_json()


def test_other_functions_cannot_be_named(tf_keras, tmp_path):
    model = model_of(lambda tf, K, x: torch.sin(x))
    with pytest.raises(ValueError, match="no config can name"):
        model.save(tmp_path / "m.keras")


@pytest.mark.parametrize("path", ["tf.io.read_file", "tf.py_function", "keras.backend.function", "os.system", 3])
def test_a_file_names_no_function_that_is_not_listed(tf_keras, path):
    config = model_of(_ONLY_HERE["norm"]).to_json().replace('"tf.norm"', f'"{path}"')
    with pytest.raises((FileSafetyError, FileContentError), match="none of those of tensors"):
        torchkeras_compat.models.model_from_json(config)


@pytest.mark.filterwarnings("ignore:Keras 3 has nothing")
@pytest.mark.parametrize("size", [10**8, 10**12])
def test_settings_of_any_size_take_no_memory(tf_keras, size):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    steps = [
        lambda tf, K, x: tf.repeat(x, 7771, axis=1),
        lambda tf, K, x: tf.repeat(tf.shape(x), 7771),  # whose values are known: computed on the CPU
        lambda tf, K, x: x + 0 * tf.random.normal([tf.shape(x)[0], 4, 3], stddev=7771.0),
        lambda tf, K, x: K.random_normal((K.shape(x)[0], 7771)),
        lambda tf, K, x: tf.fill([tf.shape(x)[0], 7771], 1.0),
    ]
    for step in steps:
        text = model_of(step).to_json()
        assert "7771" in text
        begun = time.perf_counter()
        with contextlib.suppress(FileContentError):
            torchkeras_compat.models.model_from_json(text.replace("7771", str(size)))
        assert time.perf_counter() - begun < 5
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 200 * 1024


def test_functions_in_layers_are_saved_by_what_they_are(tf_keras, tmp_path):
    import tensorflow as tf
    from tensorflow.keras import Sequential, layers
    from tensorflow.keras import backend as K

    functions = [tf.math.l2_normalize, tf.nn.crelu, tf.nn.gelu, K.l2_normalize, tf.reduce_sum, K.sum, K.square]
    for function in functions:
        model = Sequential([layers.Input((4, 3)), layers.Lambda(function)])
        model.save(tmp_path / "m.keras")
        made = torchkeras_compat.models.load_model(tmp_path / "m.keras")
        np.testing.assert_allclose(made.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)


def doubled(x):
    return x * 2


def mean_error(y_true, y_pred):
    return abs(y_true - y_pred)


def test_lambdas_and_losses_of_users_are_pickled_and_cloned(tf_keras):
    from tensorflow.keras import Sequential, layers, models

    model = Sequential([layers.Input((3,)), layers.Lambda(doubled), layers.Dense(1)])
    model.compile("sgd", mean_error, metrics=[mean_error])
    made = pickle.loads(pickle.dumps(model))
    data = X[:, 0], X[:, 0, :1]
    np.testing.assert_allclose(made.evaluate(*data, verbose=0), model.evaluate(*data, verbose=0), rtol=1e-5)
    assert models.clone_model(model).layers[0](X[:1, 0]).shape == (1, 3)


@pytest.mark.filterwarnings("ignore:Keras 3 has no losses")
def test_losses_and_metrics_of_recorded_tensors_stay(tf_keras, tmp_path):
    import tensorflow as tf
    from tensorflow.keras import Input, Model, layers, models

    x = Input((3,))
    z = layers.Dense(2)(x)
    model = Model(x, layers.Dense(3)(z))
    model.add_loss(tf.reduce_mean(tf.square(z)))
    model.add_metric(tf.reduce_mean(z), name="code")
    model.compile("sgd", "mse")
    data = X[:, 0], X[:, 0]
    expected = model.evaluate(*data, verbose=0, return_dict=True)
    assert set(expected) == {"loss", "code"}
    for ending in ("keras", "h5"):
        model.save(tmp_path / f"m.{ending}")
        made = models.load_model(tmp_path / f"m.{ending}")
        assert made.evaluate(*data, verbose=0, return_dict=True) == pytest.approx(expected, rel=1e-5)
    cloned = models.clone_model(model)
    cloned.set_weights(model.get_weights())
    cloned.compile("sgd", "mse")
    assert cloned.evaluate(*data, verbose=0, return_dict=True) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf.keras"])
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_loaded_model_has_the_dialect_and_its_names(real_keras, tmp_path, dialect, ending):
    epochs = {"nb_epoch" if dialect == "keras1" else "epochs": 1, "verbose": 0}
    data = X[:, 0], np.array([[0.0], [1.0]])
    with installed_as(dialect):
        from keras import layers, models

        model = models.Sequential([layers.Dense(4, input_dim=3, activation="relu"), layers.Dense(1, name="end")])
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        model.fit(*data, **epochs)
        model.save(str(tmp_path / f"m.{ending}"))
        made = models.load_model(str(tmp_path / f"m.{ending}"))
        assert made.metrics_names == model.metrics_names
        assert list(made.fit(*data, **epochs).history) == list(model.fit(*data, **epochs).history)
        assert isinstance(made, models.Sequential)
        assert isinstance(made.layers[1], layers.Dense)
        assert made.layers[1].output_shape == (None, 1)
        np.testing.assert_allclose(made.get_weights()[0], model.get_weights()[0], rtol=1e-5)
        model.save(str(tmp_path / "last.keras"))
    theirs = real_keras.saving.load_model(tmp_path / "last.keras", compile=False)
    np.testing.assert_allclose(theirs.predict(X[:, 0], verbose=0), model.predict(X[:, 0]), rtol=1e-4, atol=1e-6)
