"""Spellings of Keras 1, Keras 2 and tf.keras give the objects of Keras 3."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects import keras1, keras2
from torchkeras_compat.dialects.install import Installation
from torchkeras_compat.dialects.view import make_view

pytestmark = pytest.mark.usefixtures("installed")


def layer(name: str, *args: object, **arguments: object) -> object:
    return getattr(importlib.import_module("keras.layers"), name)(*args, **arguments)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Dense", {"output_dim": 5, "init": "uniform", "bias": False}), ("Dense", {"units": 5, "use_bias": False})),
        (
            ("Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 5, "border_mode": "same", "subsample": (2, 2)}),
            ("Conv2D", {"filters": 4, "kernel_size": (3, 5), "padding": "same", "strides": (2, 2)}),
        ),
        (("MaxPooling1D", {"pool_length": 3, "stride": 2}), ("MaxPooling1D", {"pool_size": 3, "strides": 2})),
        (("Dropout", {"p": 0.25}), ("Dropout", {"rate": 0.25})),
        (("GaussianNoise", {"sigma": 0.1}), ("GaussianNoise", {"stddev": 0.1})),
        (
            ("LSTM", {"output_dim": 4, "inner_activation": "hard_sigmoid", "dropout_W": 0.1, "consume_less": "gpu"}),
            ("LSTM", {"units": 4, "recurrent_activation": "hard_sigmoid", "dropout": 0.1}),
        ),
        (("CuDNNGRU", {"units": 4}), ("GRU", {"units": 4})),
        (
            ("AveragePooling2D", {"dim_ordering": "th"}),
            ("AveragePooling2D", {"data_format": "channels_first"}),
        ),
        (
            ("Embedding", {"input_dim": 9, "output_dim": 3, "init": "normal"}),
            ("Embedding", {"input_dim": 9, "output_dim": 3}),
        ),
    ],
)
def test_a_layer_of_keras_1_is_that_of_keras_3(old: tuple[str, dict], new: tuple[str, dict]) -> None:
    made, wanted = layer(old[0], **old[1]), layer(new[0], **new[1])
    assert type(made) is type(wanted)
    config, expected = made.get_config(), wanted.get_config()
    for name in new[1]:
        assert config[name] == expected[name]


def test_separate_kernel_sizes_may_stand_without_names() -> None:
    made = layer("Convolution2D", 8, 3, 2, activation="relu")
    assert made.kernel_size == (3, 2)
    assert layer("Convolution1D", 8, 3).kernel_size == (3,)
    assert layer("Convolution2D", 8, (3, 3)).kernel_size == (3, 3)


def test_both_spellings_of_one_argument_are_an_error() -> None:
    with pytest.raises(TypeError, match="'output_dim' and 'units', which is the same in newer Keras"):
        layer("Dense", output_dim=3, units=4)


@pytest.mark.parametrize("path", sorted({*keras1.MODULES, *keras2.MODULES}))
def test_old_modules_are_found(path: str, installed: Installation) -> None:
    if all(make_view(f"keras.{space}" if space else "keras", installed._patches) for space in keras_spaces(path)):
        assert importlib.import_module(f"keras.{path}")


def keras_spaces(path: str) -> tuple[str, ...]:
    return {**keras1.MODULES, **keras2.MODULES}[path]


def test_imports_of_old_notes_work() -> None:
    scope: dict = {}
    exec(
        "from keras.layers.core import Dense, Dropout, Activation, Flatten\n"
        "from keras.layers.convolutional import Convolution2D, MaxPooling2D\n"
        "from keras.layers.recurrent import LSTM\n"
        "from keras.layers.embeddings import Embedding\n"
        "from keras.layers.normalization import BatchNormalization\n"
        "from keras.layers.advanced_activations import LeakyReLU\n"
        "from keras.utils.np_utils import to_categorical\n"
        "from keras.utils import np_utils\n"
        "from keras.optimizers import SGD, adam\n"
        "from keras.optimizers.legacy import Adam\n"
        "from keras import backend as K\n"
        "from keras.objectives import mse\n",
        scope,
    )
    assert scope["Dense"] is layer("Dense", 1).__class__
    np.testing.assert_array_equal(scope["to_categorical"]([1], nb_classes=2), [[0, 1]])
    assert scope["np_utils"].to_categorical([0], 2).shape == (1, 2)
    assert scope["adam"] is scope["Adam"]
    assert scope["K"].epsilon() == 1e-7


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam"])
def test_lr_is_the_learning_rate(name: str) -> None:
    optimizer = getattr(importlib.import_module("keras.optimizers"), name)(lr=0.25)
    assert float(optimizer.learning_rate) == 0.25


def test_decay_divides_the_rate_by_one_plus_decay_times_steps() -> None:
    from keras.optimizers import SGD

    weight = torch.nn.Parameter(torch.zeros(()))
    optimizer = SGD(lr=1.0, decay=0.5)
    optimizer.build([weight])
    values = []
    for _ in range(3):
        before = weight.item()
        weight.grad = torch.ones(())
        optimizer.step()
        values.append(before - weight.item())
    np.testing.assert_allclose(values, [1, 1 / 1.5, 1 / 2], rtol=1e-6)


def test_a_script_of_keras_1_trains() -> None:
    scope: dict = {"x": np.random.rand(40, 4).astype("float32"), "y": np.random.randint(0, 2, (40, 1))}
    exec(
        "from keras.models import Sequential\n"
        "from keras.layers.core import Dense, Activation\n"
        "from keras.optimizers import SGD\n"
        "model = Sequential()\n"
        "model.add(Dense(output_dim=8, input_dim=4, init='uniform'))\n"
        "model.add(Activation('relu'))\n"
        "model.add(Dense(1, init='uniform', activation='sigmoid'))\n"
        "model.compile(loss='binary_crossentropy', optimizer=SGD(lr=0.1), metrics=['accuracy'], class_mode='binary')\n"
        "history = model.fit(x, y, nb_epoch=2, batch_size=10, verbose=0, show_accuracy=True, validation_split=0.25)\n"
        "classes, probabilities = model.predict_classes(x), model.predict_proba(x)\n",
        scope,
    )
    history = scope["history"].history
    assert len(history["acc"]) == 2 and history["val_acc"] == history["val_accuracy"]
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss"] or "loss" in list(history)
    with pytest.raises(KeyError, match="'wrong'"):
        history["wrong"]
    np.testing.assert_array_equal(scope["classes"], scope["probabilities"] > 0.5)


def test_a_functional_model_of_keras_1_and_merge() -> None:
    scope: dict = {}
    exec(
        "from keras.models import Model\n"
        "from keras.layers import Input, Dense, merge\n"
        "a, b = Input(shape=(3,)), Input(shape=(3,))\n"
        "c = merge([Dense(output_dim=4)(a), Dense(4)(b)], mode='concat', concat_axis=1)\n"
        "model = Model(input=[a, b], output=c)\n",
        scope,
    )
    assert scope["model"].output_shape == (None, 8)


def test_a_dense_layer_for_every_step_takes_old_arguments() -> None:
    from keras.layers import TimeDistributedDense

    assert TimeDistributedDense(output_dim=4, W_regularizer="l2").units == 4


def test_generators_of_keras_1_count_samples() -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    def batches():
        while True:
            yield np.ones((5, 2), "float32"), np.zeros((5, 1), "float32")

    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit_generator(batches(), samples_per_epoch=20, nb_epoch=2, nb_worker=1, verbose=0)
    assert model.optimizer.iterations == 8
    assert len(history.history["loss"]) == 2
    assert model.predict_generator(batches(), 3, workers=2).shape == (15, 1)
    assert np.isscalar(model.evaluate_generator(batches(), steps=2))


def test_what_notes_take_from_tensorflow() -> None:
    import tensorflow as tf

    tf.random.set_seed(1)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert tf.reduce_mean(x).item() == 2.5
    assert tf.nn.softmax(x).shape == (2, 2)
    assert tf.concat([x, x], axis=0).shape == (4, 2)
    assert tf.cast(x, tf.int32).dtype == torch.int32
    assert tf.one_hot([0, 2], depth=3).shape == (2, 3)
    assert tf.clip_by_value(x, clip_value_min=2.0, clip_value_max=3.0).max().item() == 3
    assert isinstance(tf.config.list_physical_devices("GPU"), list)
    assert isinstance(x, tf.Tensor)
    with tf.device("/CPU:0"):
        assert tf.zeros((2,)).device.type == "cpu"


def test_the_image_order_of_keras_1() -> None:
    from keras import backend as K

    assert K.image_dim_ordering() == "tf"
    K.set_image_dim_ordering("th")
    assert K.image_data_format() == "channels_first"


def test_callbacks_watch_accuracy_by_its_old_name(tmp_path) -> None:
    from keras.callbacks import EarlyStopping, ModelCheckpoint
    from keras.layers import Dense
    from keras.models import Sequential

    x, y = np.random.rand(20, 2).astype("float32"), np.random.randint(0, 2, (20, 1))
    stop = EarlyStopping(monitor="val_acc", epsilon=0.01)
    save = ModelCheckpoint(str(tmp_path / "{epoch}-{val_acc:.1f}.keras"), monitor="val_acc", period=1)
    model = Sequential([Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=1, verbose=0, validation_split=0.5, callbacks=[stop, save])
    assert stop.monitor == "val_accuracy" and stop.min_delta == 0.01
    assert len(list(tmp_path.glob("1-*.keras"))) == 1

    stop = EarlyStopping(monitor="val_acc")
    model.compile("sgd", "binary_crossentropy", metrics=["acc"])
    history = model.fit(x, y, epochs=1, verbose=0, validation_split=0.5, callbacks=[stop]).history
    assert stop.monitor == "val_acc" and set(history) == {"acc", "loss", "val_acc", "val_loss"}


def test_a_period_of_several_epochs_is_refused_with_the_way_out() -> None:
    from keras.callbacks import ModelCheckpoint

    with pytest.raises(ValueError, match="`period` counted epochs.*period=2"):
        ModelCheckpoint("x.keras", period=2)


def test_arguments_that_no_version_has_are_still_refused() -> None:
    with pytest.raises((TypeError, ValueError), match="mode"):
        layer("Dense", 3, mode=0)


@pytest.mark.parametrize(
    ("given", "metrics", "weights"),
    [
        ((["mae"],), ["mae"], None),
        (("mae",), "mae", None),
        ((["mae"], [2.0]), ["mae"], [2.0]),
        ((None, [2.0]), None, [2.0]),
        ((["mae"], None, ["mse"]), ["mae"], None),
        (([2.0], ["mae"]), ["mae"], [2.0]),  # the order of Keras 3
        ((None, ["mae"]), ["mae"], None),
        (({"out": 2.0},), None, {"out": 2.0}),
        (({"out": "mae"},), {"out": "mae"}, None),
    ],
    ids=str,
)
def test_compile_takes_metrics_where_keras_2_had_them(given, metrics, weights) -> None:
    from keras.layers import Dense
    from keras.models import Model, Sequential

    class Own(Sequential):
        def compile(self, *args: object, **arguments: object) -> None:
            super().compile(*args, **arguments)

    for kind in (Sequential, Own):
        model = kind([Dense(1, input_dim=2, name="out")])
        model.compile("sgd", "mse", *given)
        held = model._compile_arguments
        assert (held.get("metrics"), held.get("loss_weights")) == (metrics, weights)
        history = model.fit(np.zeros((4, 2)), np.ones((4, 1)), verbose=0).history
        assert ("mae" in history) is (metrics is not None)
        factor = 1 if weights is None else 2
        assert history["loss"] == pytest.approx([factor])
    assert issubclass(Own, Model)
