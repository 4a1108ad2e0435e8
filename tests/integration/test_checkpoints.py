"""Models that are saved while they train, and training that goes on after an interruption."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.backup_and_restore import BackupAndRestore
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.learning_rate_scheduler import LearningRateScheduler
from torchkeras_compat.callbacks.model_checkpoint import ModelCheckpoint
from torchkeras_compat.saving.saving_and_loading import load_model

X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def make_model():
    ours.utils.set_random_seed(1)
    model = ours.Sequential([ours.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile(ours.optimizers.Adam(0.05), "mse")
    return model


def fit(model, callbacks=(), **options):
    return model.fit(X, Y, batch_size=4, verbose=0, shuffle=False, callbacks=list(callbacks), **options)


class Interruption(Callback):
    def __init__(self, epoch=None, step=None):
        self.epoch, self.step, self.steps = epoch, step, 0

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps == self.step:
            raise KeyboardInterrupt


def test_the_best_model_is_kept_and_goes_on(tmp_path):
    model = make_model()
    best = ModelCheckpoint(tmp_path / "best.keras", monitor="val_loss", save_best_only=True)
    weights = ModelCheckpoint(tmp_path / "{epoch}.weights.h5", save_weights_only=True)
    history = fit(model, [best, weights], epochs=4, validation_data=(X, Y)).history["val_loss"]
    loaded = load_model(tmp_path / "best.keras")
    assert loaded.evaluate(X, Y, verbose=0) == pytest.approx(min(history), rel=1e-5)
    assert int(loaded.optimizer.iterations) == 3 * (int(np.argmin(history)) + 1)
    model.load_weights(tmp_path / "2.weights.h5")
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(history[1], rel=1e-5)


class Begun(Callback):
    """Lists the epochs that this `fit` has begun, and counts its steps."""

    def on_train_begin(self, logs=None):
        self.epochs, self.steps = [], 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append(epoch)

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1


def test_training_goes_on_as_if_nothing_had_happened(tmp_path):
    whole, begun = make_model(), Begun()
    uninterrupted = fit(whole, epochs=5)
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), [BackupAndRestore(tmp_path / "a"), Interruption(epoch=3)], epochs=5)
    model = make_model()
    for v in model.weights:
        v.assign(v * 0 + 7)
    history = fit(model, [BackupAndRestore(tmp_path / "a"), begun], epochs=5)
    assert begun.epochs == [3, 4]
    assert history.epoch == [0, 1, 2, 3, 4] and history.history == uninterrupted.history
    for a, b in zip(whole.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not (tmp_path / "a").exists()


def test_an_interrupted_epoch_goes_on_at_the_step_of_the_copy(tmp_path):
    backup, begun = BackupAndRestore(tmp_path / "a", save_freq=2, delete_checkpoint=False), Begun()
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), [backup, Interruption(step=5)], epochs=5)
    model = make_model()
    fit(model, [backup, begun], epochs=3)
    assert (begun.epochs, begun.steps) == ([1, 2], 9 - 4)
    assert int(model.optimizer.iterations) == 9
    assert (tmp_path / "a" / "latest.weights.h5").exists()


def test_a_broken_copy_is_replaced_by_the_one_before(tmp_path):
    backup, begun = BackupAndRestore(tmp_path / "a", double_checkpoint=True), Begun()
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), [backup, Interruption(epoch=3)], epochs=5)
    (tmp_path / "a" / "latest.weights.h5").write_text("broken")
    with pytest.warns(UserWarning, match="goes on from the one before"):
        fit(make_model(), [backup, begun], epochs=5)
    assert begun.epochs == [2, 3, 4]


def test_a_broken_copy_is_reported(tmp_path):
    backup = BackupAndRestore(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), [backup, Interruption(epoch=1)], epochs=5)
    (tmp_path / "a" / "latest.weights.h5").write_text("broken")
    with pytest.raises(ValueError, match="cannot be restored.*Delete the folder"):
        fit(make_model(), [backup], epochs=5)


def test_a_copy_of_another_model_is_refused_before_anything_changed(tmp_path):
    backup = BackupAndRestore(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), [backup, Interruption(epoch=1)], epochs=5)
    model = ours.Sequential([ours.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    with pytest.raises(ValueError, match="state is that of another model: it holds 4 tensors, this one has 2"):
        fit(model, [backup], epochs=5)
    np.testing.assert_array_equal(model.get_weights()[0], before)


def other(change):
    """A training that differs from the interrupted one, as a function of no arguments that begins it."""
    options = {"x": X, "y": Y, "batch_size": 4, "rate": 0.05, "kind": "Adam", "loss": "mse", "metrics": None}
    options |= {"activation": "tanh", "dropout": 0.1, "trainable": True, "options": {}, "epochs": 5} | change

    def begin(*callbacks):
        ours.utils.set_random_seed(1)
        inputs = ours.Input((3,))
        x = layers.Dense(4, options["activation"])(inputs)
        y = layers.Dense(4, trainable=options["trainable"])(x)
        branches = [x, y] if options.get("order") != "other" else [y, x]
        outputs = layers.Dense(1)(layers.Dropout(options["dropout"])(layers.Subtract()(branches)))
        model = ours.Model(inputs, outputs)
        optimizer = options["kind"]
        if isinstance(optimizer, str):
            optimizer = getattr(ours.optimizers, optimizer)(options["rate"], **options["options"])
        else:
            optimizer = optimizer(model.parameters(), lr=options["rate"])
        model.compile(optimizer, options["loss"], metrics=options["metrics"])
        fitted = {k: options[k] for k in ("x", "y", "batch_size", "epochs")}
        begin.weights = [model, model.get_weights()]
        more = {k: options[k] for k in ("steps_per_epoch", "shuffle") if k in options}
        return model.fit(**fitted, verbose=0, callbacks=list(callbacks), **more)

    return begin


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": 0.1}, r"optimizer.learning_rate is 0.1[0-9]* now, and was 0.05"),
        ({"kind": "SGD"}, "optimizer.class is 'SGD' now, and was 'Adam'"),
        ({"options": {"clipnorm": 1.0}}, "optimizer.clipnorm is 1.0 now, and was None"),
        ({"options": {"beta_1": 0.8}}, "optimizer.beta_1 is 0.8 now, and was 0.9"),
        ({"kind": torch.optim.Adam}, "optimizer"),
        ({"loss": "mae"}, "loss is 'mae' now, and was 'mse'"),
        ({"loss": ours.losses.Huber(0.5)}, "loss is .*Huber.* now, and was 'mse'"),
        ({"metrics": ["mae"]}, r"metrics is \['mae'\] now, and was None"),
        ({"activation": "relu"}, "model.2 Dense.activation is 'relu' now, and was 'tanh'"),
        ({"dropout": 0.2}, "Dropout.rate is 0.2 now, and was 0.1"),
        ({"trainable": False}, "Dense.trainable is False now, and was True"),
        ({"order": "other"}, "model.graph is 'connections .* now"),
        ({"batch_size": 5}, "data.batch_size is 5 now, and was 4"),
        ({"x": X[:9], "y": Y[:9]}, "data.size of the last batch is 1 now, and was 2"),
        ({"x": np.tile(X, (2, 1)), "y": np.tile(Y, (2, 1))}, "data.num_batches is 5 now, and was 3"),
        ({"y": Y.astype(int)}, "data.arrays.1. is 'int64 .10, 1.' now, and was 'float32 .10, 1.'"),
        ({"shuffle": False}, "data.shuffle is False now, and was True"),
        ({"steps_per_epoch": 2}, "data.steps_per_epoch is 2 now, and was None"),
        ({"x": iter([(X, Y)]), "y": None, "batch_size": None}, "data.source is 'GeneratorAdapter' now"),
    ],
)
def test_another_training_is_refused_before_anything_changed(tmp_path, change, message):
    with pytest.raises(KeyboardInterrupt):
        other({})(BackupAndRestore(tmp_path / "a"), Interruption(epoch=2))
    files = {path: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    begin = other(change)
    with pytest.raises(ValueError, match=f"{message}.*Nothing was changed. To go on, train as before; .*delete"):
        begin(BackupAndRestore(tmp_path / "a"))
    model, before = begin.weights
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert {path: path.read_bytes() for path in (tmp_path / "a").iterdir()} == files
    same = other({"epochs": 6})  # more epochs are no other training
    assert same(BackupAndRestore(tmp_path / "a")).epoch == [0, 1, 2, 3, 4, 5]


def test_other_values_are_a_warning(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        other({})(BackupAndRestore(tmp_path / "a"), Interruption(epoch=2))
    with pytest.warns(UserWarning, match="other data than before the interruption: sizes are the same"):
        other({"x": X + 1})(BackupAndRestore(tmp_path / "a"))


def test_a_cell_that_is_run_again_goes_on(tmp_path):
    """In a notebook the model stays, as callbacks have changed it: its rate, what is frozen, its state."""

    class Freezing(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[0].trainable = epoch < 2

    def cell(model, *callbacks):
        halving = LearningRateScheduler(lambda epoch, rate: rate * 0.5)
        return fit(model, [halving, Freezing(), BackupAndRestore(tmp_path / "a"), *callbacks], epochs=5)

    whole, model = make_model(), make_model()
    expected = cell(whole).history
    with pytest.raises(KeyboardInterrupt):
        cell(model, Interruption(step=8))
    assert cell(model).history == expected
    for a, b in zip(whole.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(KeyboardInterrupt):
        cell(model, Interruption(step=8))
    model.optimizer.learning_rate = 0.7
    with pytest.raises(ValueError, match="learning_rate is 0.7"):
        cell(model)


def test_a_copy_is_not_lost_when_its_successor_cannot_be_written(tmp_path, monkeypatch):
    from torchkeras_compat.callbacks import backup_and_restore

    calls = []

    def fails(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return write(*arguments)

    write = backup_and_restore.write_copy
    monkeypatch.setattr(backup_and_restore, "write_copy", fails)
    backup, begun = BackupAndRestore(tmp_path / "a", double_checkpoint=True), Begun()
    with pytest.raises(OSError, match="No space left on device: the file cannot be written"):
        fit(make_model(), [backup], epochs=5)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "latest.weights.h5",
        "prev_latest.weights.h5",
        "prev_training_metadata.json",
        "training_metadata.json",
    ]
    fit(make_model(), [backup, begun], epochs=5)
    assert begun.epochs == [2, 3, 4]


def test_real_keras_loads_the_weights_of_a_copy(tmp_path, real_keras):
    model = make_model()
    fit(model, [BackupAndRestore(tmp_path / "a", delete_checkpoint=False)], epochs=1)
    keras = real_keras
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
    theirs.load_weights(tmp_path / "a" / "latest.weights.h5")
    for a, b in zip(theirs.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backup_dir": ""}, "Empty `backup_dir`"),
        ({"backup_dir": None}, "Empty `backup_dir`"),
        ({"backup_dir": "a", "save_freq": "batch"}, "Invalid value for argument `save_freq`. Received: .*'batch'"),
        ({"backup_dir": "a", "save_freq": 0.5}, "0.5"),
        ({"backup_dir": "a", "save_freq": True}, "True"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        BackupAndRestore(**arguments)


def test_the_model_has_to_be_built(tmp_path):
    model = ours.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="must be built before you call `fit"):
        fit(model, [BackupAndRestore(tmp_path)])
