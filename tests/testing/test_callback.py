"""Checks of callbacks: each one catches the defect that was planted for it, and good callbacks pass all."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from torchkeras_compat import callbacks
from torchkeras_compat.callbacks import Callback
from torchkeras_compat.layers import Dense
from torchkeras_compat.models import Sequential
from torchkeras_compat.testing import CheckFailure, check_callback
from torchkeras_compat.testing.callback import CallbackSubject
from torchkeras_compat.testing.check import CHECKS, run_checks


class TakesNoLogs(Callback):
    def on_batch_end(self, batch):
        pass

    def on_train_batch_end(self, batch, logs=None):
        pass


class TakesALogAway(Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs.pop("val_loss", None)


class NeedsACleanEnd(Callback):
    running = False

    def on_train_begin(self, logs=None):
        if self.running:
            raise RuntimeError("training runs already")
        self.running = True

    def on_train_end(self, logs=None):
        self.running = False


class CountsEpochsItself(Callback):
    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["loss"])
        assert self.losses[epoch] == logs["loss"]


def planted(callback: type, **arguments: Any) -> functools.partial:
    return functools.partial(CallbackSubject, callback, arguments=arguments)


DEFECTS = {
    "signatures": planted(TakesNoLogs),
    "order": planted(TakesALogAway),
    "exceptions": planted(NeedsACleanEnd),
    "resume": planted(CountsEpochsItself),
}
GOOD = {
    "Callback": (callbacks.Callback, {}),
    "EarlyStopping": (callbacks.EarlyStopping, {}),
    "ModelCheckpoint": (callbacks.ModelCheckpoint, {"filepath": "best.keras"}),
    "CSVLogger": (callbacks.CSVLogger, {"filename": "log.csv"}),
    "ReduceLROnPlateau": (callbacks.ReduceLROnPlateau, {}),
    "BackupAndRestore": (callbacks.BackupAndRestore, {"backup_dir": "backup"}),
    "LambdaCallback": (callbacks.LambdaCallback, {"on_epoch_end": lambda epoch, logs=None: None}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    results = run_checks(DEFECTS[name]())
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["callback"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_callback_passes(name: str) -> None:
    callback, arguments = GOOD[name]
    assert len(check_callback(callback, arguments=arguments)) == len(CHECKS["callback"])


@pytest.mark.parametrize("hook", ["on_test_begin", "on_predict_batch_end"])
def test_a_callback_that_only_training_makes_ready_fails(hook: str) -> None:
    class Unready(Callback):
        def on_train_begin(self, logs=None):
            self.seen = []

    setattr(Unready, hook, lambda self, *index, logs=None: self.seen.append(1))
    with pytest.raises(
        CheckFailure, match=r"check 'order': AttributeError was raised.*'seen'.*Set state in `__init__`"
    ):
        check_callback(Unready, skip={"signatures": "of a lambda"})


def test_a_callback_that_forgets_its_model_fails() -> None:
    class Forgetful(Callback):
        def set_model(self, model):
            pass

    with pytest.raises(CheckFailure, match="`set_model` or `set_params` does not keep what it gets"):
        check_callback(Forgetful)


def test_an_error_that_does_not_reach_the_user_is_a_failure() -> None:
    class EndsTheFirstTrainingEarly(Callback):
        made = 0

        def __init__(self):
            type(self).made += 1
            self.number = self.made

        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = self.number == 2

    with pytest.raises(CheckFailure, match="an error that another callback raised did not reach the user"):
        check_callback(EndsTheFirstTrainingEarly, skip=["signatures", "order", "resume"])


def test_a_model_and_data_can_be_given() -> None:
    import numpy as np

    class Wants(Callback):
        def on_train_begin(self, logs=None):
            assert self.model.loss == "mae"

    def make():
        model = Sequential([Dense(2)])
        model.compile("adam", loss="mae")
        return model

    assert not check_callback(Wants, model=make, data=(np.zeros((8, 3)), np.zeros((8, 2)))).failed
