"""Callbacks called as one."""

from __future__ import annotations

import pytest

from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.history import History
from torchkeras_compat.callbacks.lambda_callback import LambdaCallback
from torchkeras_compat.callbacks.progbar_logger import ProgbarLogger


class Model:
    stop_training = False
    history = None


HOOKS = [name for name in vars(Callback) if name.startswith("on_") and name != "on_exception"]


def test_every_callback_gets_model_and_params():
    model, callback = Model(), Callback()
    callbacks = CallbackList(callback, add_history=True, model=model, epochs=3, steps=2, verbose=0)
    assert callback.model is model and callback.params == {"epochs": 3, "steps": 2, "verbose": 0}
    assert model.history is callbacks.history
    late = Callback()
    callbacks.append(late)
    assert late.model is model and late.params == callback.params


def test_every_hook_is_called_with_its_arguments():
    calls = []

    class All(Callback):
        pass

    def recorder(name):
        return lambda self, *args, **kwargs: calls.append((name, args, kwargs))

    for name in HOOKS:
        setattr(All, name, recorder(name))
    callbacks = CallbackList([[All()], None])
    for name in HOOKS:
        first = () if name.split("_")[-2] in ("train", "test", "predict") else (5,)
        calls.clear()
        getattr(callbacks, name)(*first, {"loss": 1})
        expected = {"on_batch_begin": "on_train_batch_begin", "on_batch_end": "on_train_batch_end"}.get(name, name)
        [(called, args, kwargs)] = calls
        assert called == expected
        assert args[: len(first)] == first and (*args[len(first) :], *kwargs.values()) == ({"loss": 1},)


def test_missing_logs_are_an_empty_mapping():
    seen = []
    callbacks = CallbackList(
        LambdaCallback(on_train_begin=seen.append, on_train_batch_end=lambda batch, logs: seen.append(logs))
    )
    callbacks.on_train_begin()
    callbacks.on_train_batch_end(0)
    assert seen == [{}, {}]


def test_a_list_knows_which_hooks_its_callbacks_define():
    class Old(Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    assert not any(
        CallbackList([Callback(), LambdaCallback()]).wants(hook)
        for hook in HOOKS
        if "_batch_" in hook and "train" in hook
    )
    assert CallbackList(Old()).wants("on_train_batch_end")
    assert not CallbackList(Old()).wants("on_train_batch_begin")
    assert CallbackList(LambdaCallback(on_test_batch_end=print)).wants("on_test_batch_end")


def test_a_hook_set_when_training_begins_is_called():
    class Late(Callback):
        def on_train_begin(self, logs=None):
            self.on_train_batch_end = lambda batch, logs=None: seen.append(batch)

    seen = []
    callbacks = CallbackList(Late())
    callbacks.on_train_begin()
    callbacks.on_train_batch_end(3)
    assert seen == [3]


def test_history_and_bar_are_added_once_and_last():
    mine = History()
    callbacks = CallbackList([mine, Callback()], add_history=True, add_progbar=True)
    assert callbacks.history is mine
    assert [type(callback) for callback in callbacks.callbacks] == [History, Callback, ProgbarLogger]


def test_an_exception_names_its_callback():
    class Faulty(Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("no")

        def on_train_batch_end(self, batch, logs=None):
            raise RuntimeError("no")

    callbacks = CallbackList(Faulty())
    with pytest.raises(RuntimeError) as caught:
        callbacks.on_epoch_end(3, {})
    assert caught.value.__notes__ == ["Raised by the callback Faulty, in on_epoch_end(3)."]
    with pytest.raises(RuntimeError) as caught:
        callbacks.on_train_batch_end(7, {})
    assert caught.value.__notes__ == ["Raised by the callback Faulty, in on_train_batch_end(7)."]


@pytest.mark.parametrize(
    "wrong, message", [([5], "received 5 of type int"), ([History], "received the class History. Make one")]
)
def test_what_is_not_a_callback_is_refused(wrong, message):
    with pytest.raises(TypeError, match=message):
        CallbackList(wrong)


def test_history_keeps_what_other_callbacks_add():
    class Adds(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["extra"] = epoch

    callbacks = CallbackList([Adds()], add_history=True)
    callbacks.on_train_begin()
    for epoch in range(2):
        callbacks.on_epoch_end(epoch, {"loss": 1.0})
    assert callbacks.history.history == {"loss": [1.0, 1.0], "extra": [0, 1]}
    assert callbacks.history.epoch == [0, 1]


def test_lambda_callback_refuses_what_cannot_be_called():
    with pytest.raises(TypeError, match="`on_epoch_end` must be a function. Received: 3"):
        LambdaCallback(on_epoch_end=3)
    assert LambdaCallback(custom=5).custom == 5
