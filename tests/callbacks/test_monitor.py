"""EarlyStopping and ReduceLROnPlateau. Oracle: the decisions of real Keras on the same logs."""

from __future__ import annotations

import itertools
import types
import warnings

import numpy as np
import pytest
import torch

from torchkeras_compat.callbacks.early_stopping import EarlyStopping
from torchkeras_compat.callbacks.learning_rate_scheduler import LearningRateScheduler
from torchkeras_compat.callbacks.monitor import MonitorCallback
from torchkeras_compat.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from torchkeras_compat.ops.logic import greater, less


class Model:
    """Weights are the number of the epoch, so a restored epoch can be read off."""

    def __init__(self, optimizer=None, metrics=()):
        self.stop_training, self.epoch, self.optimizer, self.metrics = False, -1, optimizer, list(metrics)

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.epoch = int(weights[0])


def stopped(callback, values):
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"loss": value})
        if model.stop_training:
            break
    callback.on_train_end()
    return model.epoch, epoch, callback.stopped_epoch, callback.best_epoch, callback.wait


OPTIONS = [
    {"patience": p, "min_delta": d, "mode": m, "baseline": b, "restore_best_weights": r, "start_from_epoch": s}
    for p, d, m, b, r, s in itertools.product((0, 2, 3), (0, 0.05), ("min", "max"), (None, 0.5), (True, False), (0, 3))
]


@pytest.mark.parametrize("seed", range(3))
def test_early_stopping_decides_as_keras_does(real_keras, seed):
    values = np.random.default_rng(seed).random(15).round(2).tolist()
    for options in OPTIONS:
        theirs = stopped(real_keras.callbacks.EarlyStopping("loss", **options), values)
        assert stopped(EarlyStopping("loss", **options), values) == theirs, options


@pytest.mark.parametrize("wrap", [lambda v: np.array([v], "float32"), lambda v: torch.tensor([[v]]), lambda v: [v]])
def test_arrays_of_one_element_are_watched_as_numbers(wrap):
    values = [1.0, 0.5, 0.75, 0.625, 0.875]
    assert stopped(EarlyStopping("loss", patience=2), map(wrap, values)) == stopped(
        EarlyStopping("loss", patience=2), values
    )


def test_arrays_of_several_elements_cannot_be_watched():
    with pytest.raises(ValueError, match=r"EarlyStopping watches `loss`.*shape \(3,\).*average='macro'"):
        stopped(EarlyStopping("loss"), [np.zeros(3)])


def test_nan_is_never_the_best_value():
    callback = EarlyStopping("loss", patience=2, mode="min")
    assert stopped(callback, [float("nan"), 0.5, 0.4, 0.6, 0.7])[1] == 4
    assert callback.best == 0.4


def test_kept_weights_are_copies():
    class Live(Model):
        weights = np.zeros(1)

        def get_weights(self):
            return [self.weights]

    callback = EarlyStopping("loss", restore_best_weights=True)
    callback.set_model(Live())
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 1.0})
    Live.weights[:] = 5
    assert callback.best_weights[0] == 0


def test_early_stopping_says_what_it_does(capsys):
    stopped(EarlyStopping("loss", verbose=1, restore_best_weights=True), [1.0, 2.0])
    assert capsys.readouterr().out == (
        "Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n"
    )


def test_a_value_that_is_missing_is_warned_of():
    callback = EarlyStopping("val_loss")
    with pytest.warns(
        UserWarning, match="EarlyStopping watches `val_loss`, which is not available.*Available: loss, acc"
    ):
        callback.on_epoch_end(0, {"loss": 1.0, "acc": 2.0})


def metric(name, direction):
    return types.SimpleNamespace(name=name, _direction=direction)


@pytest.mark.parametrize(
    "monitor, operation",
    [
        ("loss", less),
        ("val_loss", less),
        ("out_loss", less),
        ("acc", greater),
        ("val_accuracy", greater),
        ("out_sparse_top_k_accuracy", greater),
        ("auc_1", greater),
        ("val_mse", less),
        ("mean_squared_error", less),
        ("val_custom", greater),
        ("inner", less),
    ],
)
def test_auto_mode_asks_the_metric_then_the_name(monitor, operation):
    compiled = types.SimpleNamespace(name="compile_metrics", metrics=[metric("inner", "down")])
    callback = MonitorCallback(monitor)
    callback.set_model(Model(metrics=[metric("custom", "up"), compiled]))
    callback.find_direction()
    assert callback.monitor_op is operation


def test_auto_mode_refuses_to_guess():
    callback = EarlyStopping("unknown")
    callback.set_model(Model())
    with pytest.raises(ValueError, match="monitor='unknown'.*Pass mode='max'"):
        callback.on_epoch_end(0, {"unknown": 1})


def test_an_unknown_mode_is_warned_of():
    with pytest.warns(UserWarning, match="EarlyStopping mode 'best' is unknown"):
        assert EarlyStopping(mode="best").mode == "auto"


def rates(callback, values, optimizer, read):
    callback.set_model(Model(optimizer))
    callback.on_train_begin()
    seen = []
    for epoch, value in enumerate(values):
        logs = {"loss": value}
        callback.on_epoch_end(epoch, logs)
        assert logs["learning_rate"] == pytest.approx(seen[-1] if seen else 0.5)
        seen.append(read(optimizer))
    return seen


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # from inside Keras
def test_plateaus_are_found_as_keras_finds_them(real_keras):
    values = np.random.default_rng(3).random(20).round(2).tolist()
    for options in (
        {"patience": p, "cooldown": c, "min_delta": d, "min_lr": m, "mode": mode}
        for p, c, d, m, mode in itertools.product((1, 2), (0, 2), (1e-4, 0.2), (0, 0.02), ("min", "max"))
    ):
        theirs = rates(
            real_keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, **options),
            values,
            real_keras.optimizers.SGD(0.5),
            lambda optimizer: float(optimizer.learning_rate.value),
        )
        ours = rates(
            ReduceLROnPlateau("loss", factor=0.5, **options),
            values,
            torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5),
            lambda optimizer: optimizer.param_groups[0]["lr"],
        )
        assert ours == pytest.approx(theirs, rel=1e-6), options  # theirs are float32


def test_reduce_lr_refuses_bad_arguments():
    with pytest.raises(ValueError, match=r"factor=1\.5"):
        ReduceLROnPlateau(factor=1.5)
    with pytest.raises(TypeError, match="unknown arguments: epsilon"):
        ReduceLROnPlateau(epsilon=0.1)
    callback = ReduceLROnPlateau("loss")
    callback.set_model(Model())
    with pytest.raises(ValueError, match=r"`model.optimizer` is NoneType. Compile the model first"):
        callback.on_epoch_end(0, {"loss": 1.0})


def test_messages_name_the_optimizer_where_there_are_several(capsys):
    parts = [
        types.SimpleNamespace(name="slow", learning_rate=0.5),
        types.SimpleNamespace(name="fast", learning_rate=1.0),
    ]
    for callback in (LearningRateScheduler(lambda _, rate: rate / 2, verbose=1), ReduceLROnPlateau("loss", 0.5, 0, 1)):
        callback.set_model(Model(types.SimpleNamespace(optimizers=parts)))
        callback.on_train_begin()
        callback.on_epoch_begin(0)
        logs = {"loss": 1.0}
        callback.on_epoch_end(0, logs)
    callback.on_epoch_end(1, logs)
    assert logs == {"loss": 1.0, "learning_rate_slow": 0.25, "learning_rate_fast": 0.5}
    assert [part.learning_rate for part in parts] == [0.125, 0.25]
    assert capsys.readouterr().out.split("\n\n") == [
        "\nEpoch 1: LearningRateScheduler setting slow learning rate to 0.25.",
        "Epoch 1: LearningRateScheduler setting fast learning rate to 0.5.",
        "Epoch 2: ReduceLROnPlateau reducing slow learning rate to 0.125.",
        "Epoch 2: ReduceLROnPlateau reducing fast learning rate to 0.25.\n",
    ]


def test_nothing_is_warned_of_in_passing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stopped(EarlyStopping("loss"), [1.0, 2.0])
