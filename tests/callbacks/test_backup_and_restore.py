"""`BackupAndRestore` with callbacks of one's own, and in several training runs of one process."""

from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.callbacks import BackupAndRestore, Callback
from torchkeras_compat.callbacks.backup_file import read_copy
from torchkeras_compat.errors import FileContentError

X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def make_model(rate=0.1):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def fit(model, folder, *callbacks, epochs=4, **options):
    backup = BackupAndRestore(folder / "copy", **options)
    return model.fit(X, Y, batch_size=5, epochs=epochs, verbose=0, callbacks=[*callbacks, backup])


class Stop(Callback):
    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


class Best(Callback):
    """Remembers nothing before the first epoch."""

    best = None

    def __init__(self):
        self.lowest = None
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.lowest = min(logs["loss"], self.lowest or logs["loss"])
        self.epochs.append(epoch)

    def state_dict(self):
        return {} if self.lowest is None else {"lowest": self.lowest}


class OwnNames(Best):
    def state_dict(self):
        return {} if not self.epochs else {"epochs": self.epochs, "lowest": self.lowest, "model": "a name of mine"}

    def load_state_dict(self, state_dict):
        assert state_dict["model"] == "a name of mine"
        self.epochs, self.lowest = state_dict["epochs"], state_dict["lowest"]


class FromTheBase(Best):
    def load_state_dict(self, state_dict):
        super().load_state_dict({"lowest": state_dict["lowest"]})


class Parts(Callback):
    """Keeps the state of another object."""

    def __init__(self):
        self.rows = {}

    def on_epoch_end(self, epoch, logs=None):
        self.rows[str(epoch)] = logs["loss"]

    def state_dict(self):
        return dict(self.rows)

    def load_state_dict(self, state_dict):
        self.rows = dict(state_dict)


@pytest.mark.parametrize("kind", [Best, OwnNames, FromTheBase, Parts])
def test_a_callback_that_remembers_nothing_at_first_goes_on(tmp_path, kind):
    whole = kind()
    fit(make_model(), tmp_path / "whole", whole)
    with pytest.raises(KeyboardInterrupt):
        fit(make_model(), tmp_path, kind(), Stop(2))
    found = kind()
    fit(make_model(), tmp_path, found)
    assert found.state_dict() == whole.state_dict() != {}


@pytest.mark.parametrize("key", ["filename", "on_epoch_end", "model", "params"])
def test_what_a_callback_does_not_remember_is_not_set_through_its_base_class(key):
    class Lenient(Callback):
        def __init__(self):
            self.filename = "log.csv"

        def load_state_dict(self, state_dict):
            super().load_state_dict(state_dict)

    callback = Lenient()
    callback.set_params({})
    callback.set_model(make_model())
    with pytest.raises(FileContentError, match=rf"The state of Lenient has the keys \[\]. The copy has '{key}'"):
        callback.load_state_dict({key: "elsewhere"})


class Halving(Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = self.model.optimizer.learning_rate * 0.5


def description_of(folder):
    return read_copy(folder / "copy" / "latest.weights.h5")["description"]["optimizer"]["learning_rate"]


def test_a_training_run_that_ended_is_not_a_beginning_of_the_next(tmp_path):
    model = make_model(0.1)
    with pytest.raises(KeyboardInterrupt):
        fit(model, tmp_path, Halving(), Stop(1))
    fit(model, tmp_path, Halving())  # from the beginning of the interrupted one, to the end
    rate = float(model.optimizer.learning_rate)
    assert rate == pytest.approx(0.1 / 16)
    with pytest.raises(KeyboardInterrupt):
        fit(model, tmp_path, Halving(), Stop(2))
    assert description_of(tmp_path) == pytest.approx(rate)
    other = make_model(rate)  # of another process, which begins with the second run
    history = fit(other, tmp_path, Halving())
    assert history.epoch == [0, 1, 2, 3] and float(other.optimizer.learning_rate) == pytest.approx(rate / 16)


def test_a_copy_that_is_kept_is_gone_on_from_in_the_same_process(tmp_path):
    model = make_model(0.1)
    fit(model, tmp_path, Halving(), epochs=2, delete_checkpoint=False)
    history = fit(model, tmp_path, Halving(), epochs=4, delete_checkpoint=False)
    assert history.epoch == [0, 1, 2, 3] and float(model.optimizer.learning_rate) == pytest.approx(0.1 / 16)


def test_the_folder_is_free_whatever_the_end_raises(tmp_path):
    model = make_model()

    def described(self, *arguments):
        raise RuntimeError("the device is gone")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt) as raised:
        patch.setattr("torchkeras_compat.training.training_state.TrainingState.remember", described)
        fit(model, tmp_path, Stop(1))
    assert "the device is gone" in raised.value.__notes__[-1]
    assert fit(make_model(), tmp_path).epoch == [0, 1, 2, 3]
