"""Spellings of Keras 2, and methods that only it had."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.usefixtures("installed")


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


def test_names_of_metrics_are_those_of_what_evaluate_returns() -> None:
    """In Keras 3 all of the compiled metrics have one name together."""
    from keras import Input, Model, Sequential, layers, metrics

    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    inputs = Input((3,))

    def several():
        return Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])

    def single():
        return Sequential([layers.Dense(1)])

    cases = [
        (single, {}, ["loss"]),
        (single, {"metrics": ["mae", "acc", "mae"]}, ["loss", "mae", "acc", "mae_1"]),
        (
            single,
            {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
            ["loss", "accuracy", "weighted_accuracy"],
        ),
        (single, {"metrics": [metrics.MeanSquaredError(name="m")]}, ["loss", "m"]),
        (several, {}, ["loss", "a_loss", "b_loss"]),
        (several, {"metrics": {"b": ["mae"]}}, ["loss", "a_loss", "b_loss", "b_mae"]),
    ]
    for make, arguments, names in cases:
        model = make()
        assert model.metrics_names == []
        model.compile("sgd", "mse", **arguments)
        assert model.metrics_names == names
        results = model.evaluate(x, y if make is single else [y, y], verbose=0, return_dict=True)
        assert model.metrics_names == list(results) == names
