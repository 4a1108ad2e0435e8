"""Spellings of Keras 1 give the objects of Keras 3."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

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
    assert isinstance(made, type(wanted))
    config, expected = made.get_config(), wanted.get_config()
    for name in new[1]:
        assert config[name] == expected[name]


def test_separate_kernel_sizes_may_stand_without_names() -> None:
    made = layer("Convolution2D", 8, 3, 2, activation="relu")
    assert made.kernel_size == (3, 2)
    assert layer("Convolution1D", 8, 3).kernel_size == (3,)
    assert layer("Convolution2D", 8, (3, 3)).kernel_size == (3, 3)


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
