"""What is printed while a model trains, without one: the hooks are called as `fit` calls them."""

from __future__ import annotations

import re

from torchkeras_compat.callbacks.callback_list import CallbackList


def plain(text):
    """Without colours, and with one sign for all times."""
    return re.sub(r"\d+(\.\d+)?(us|ms|s)\b", "T", re.sub(r"\x1b\[\d+m|\x08", "", text))


def fit(verbose, epochs=2, steps=3, known=True):
    callbacks = CallbackList(add_progbar=True, verbose=verbose, epochs=epochs, steps=steps if known else None)
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        for step in range(steps):
            callbacks.on_train_batch_end(step, {"loss": 1.0})
        callbacks.on_test_begin()
        callbacks.on_test_batch_end(0, {"loss": 9.0})
        callbacks.on_test_end({"loss": 9.0})
        callbacks.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 0.75})
    callbacks.on_train_end({})


def test_one_line_an_epoch(capsys):
    fit(verbose=2)
    assert plain(capsys.readouterr().out) == "".join(
        f"Epoch {epoch}/2\n3/3 - T - T/step - loss: 0.5000 - val_loss: 0.7500\n" for epoch in (1, 2)
    )


def test_a_bar_an_epoch_whether_or_not_the_length_is_known(capsys):
    bar = "━" * 20
    for known in (True, False):
        fit(verbose=1, epochs=1, known=known)
        first, last = plain(capsys.readouterr().out).strip("\r\n").split("\r")
        assert first == (f"1/3 {bar} T T/step - loss: 1.0000" if known else "      1/Unknown T T/step - loss: 1.0000")
        assert last == f"3/3 {bar} T T/step - loss: 0.5000 - val_loss: 0.7500"


def test_evaluation_and_prediction_have_bars_of_their_own(capsys):
    callbacks = CallbackList(add_progbar=True, verbose=2, epochs=1, steps=1)
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(0, {"loss": 9.0})
    callbacks.on_test_end({"loss": 9.0})
    callbacks.on_predict_begin()
    callbacks.on_predict_batch_end(0, {"outputs": object()})
    callbacks.on_predict_end()
    assert plain(capsys.readouterr().out) == "1/1 - T - T/step - loss: 9.0000\n1/1 - T - T/step\n"


def test_silence(capsys):
    fit(verbose=0)
    assert capsys.readouterr().out == ""
