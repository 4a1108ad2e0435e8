"""Tracebacks with the user's frames."""

from __future__ import annotations

import traceback

import numpy as np
import pytest

from torchkeras_compat import config
from torchkeras_compat.callbacks import Callback
from torchkeras_compat.layers import Dense, Layer
from torchkeras_compat.models import Sequential
from torchkeras_compat.tracebacks import VARIABLE, hides_frames, users_frames

X = np.zeros((4, 3), "float32")


class Broken(Layer):
    def call(self, inputs):
        return inputs["a"]


class Fails(Callback):
    def on_train_batch_end(self, batch, logs=None):
        raise KeyError("mine")


@pytest.fixture(autouse=True)
def hiding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")


def files(function) -> list[str]:
    with pytest.raises(Exception) as raised:
        function()
    frames = traceback.extract_tb(raised.value.__traceback__)
    return ["mine" if frame.filename == __file__ else frame.name for frame in frames]


def test_an_error_of_a_layer_shows_the_call_and_the_layer() -> None:
    model = Sequential([Broken(), Dense(1)])
    model.compile("sgd", "mse")
    shown = files(lambda: model.fit(X, X[:, 0], verbose=0))
    assert shown[:2] == ["mine", "mine"]
    assert shown.count("mine") == 3 and len(shown) < 10, shown


def test_an_error_of_a_callback_shows_the_callback_last() -> None:
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    shown = files(lambda: model.fit(X, X[:, 0], verbose=0, callbacks=[Fails()]))
    assert shown[-1] == "mine" and len(shown) < 6, shown


def test_everything_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Sequential([Broken(), Dense(1)])
    model.compile("sgd", "mse")
    short = len(files(lambda: model.fit(X, X[:, 0], verbose=0)))
    monkeypatch.setenv(VARIABLE, "full")
    assert not hides_frames()
    assert len(files(lambda: model.fit(X, X[:, 0], verbose=0))) > short + 5
    monkeypatch.setenv(VARIABLE, "")
    config.disable_traceback_filtering()
    try:
        assert not hides_frames()
    finally:
        config.enable_traceback_filtering()
    assert hides_frames()


def test_a_traceback_of_nobody_else_is_left_as_it_is() -> None:
    try:
        config.set_floatx("int8")
    except ValueError as error:
        inner = error.__traceback__.tb_next
        assert users_frames(inner) is inner
        assert users_frames(error.__traceback__).tb_next is None
