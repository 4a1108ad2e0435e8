"""What `fit`, `evaluate` and `predict` leave behind when something in them, or in their end, raises."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.callbacks import Callback
from torchkeras_compat.training.training_state import is_training

X, Y = np.ones((6, 3), "float32"), np.ones((6, 1), "float32")


class Watched(Callback):
    def __init__(self):
        self.released, self.heard = 0, []

    def on_exception(self, error):
        self.heard.append(error)

    def _release(self):
        self.released += 1


def make_model(cls=keras.Sequential):
    keras.utils.set_random_seed(1)
    model = cls([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def run(model, method, *callbacks, x=X):
    data = (x,) if method == "predict" else (x, Y)
    getattr(model, method)(*data, batch_size=2, verbose=0, callbacks=list(callbacks))


@pytest.mark.parametrize("mode", [True, False])
@pytest.mark.parametrize(
    ("method", "function"),
    [
        ("fit", "make_train_function"),
        ("evaluate", "make_test_function"),
        ("predict", "make_predict_function"),
        ("fit", "reset_metrics"),
        ("evaluate", "reset_metrics"),
    ],
)
def test_modes_come_back_when_a_step_cannot_be_made(method, function, mode):
    def fails(self, *arguments, **options):
        raise OSError("no step")

    model = make_model(type("Faulty", (keras.Sequential,), {function: fails}))
    model.train(mode)
    model.layers[1].training = not mode
    modes = [module.training for module in model.modules()]
    watched = Watched()
    with pytest.raises(OSError, match="no step") as raised:
        run(model, method, watched)
    assert [module.training for module in model.modules()] == modes
    assert watched.released == 1 and watched.heard == [raised.value] and not is_training(model)


class Faulty(Callback):
    def _release(self):
        raise RuntimeError("the device is gone")


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_an_error_of_the_end_keeps_nothing_else_from_ending(method):
    model, watched = make_model(), Watched()
    model.train()
    with pytest.raises(RuntimeError, match="the device is gone"):
        run(model, method, Faulty(), watched)
    assert not is_training(model) and model.training and watched.released == 1


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_an_error_of_the_end_does_not_hide_the_first_one(method):
    class Stops(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

        on_test_batch_end = on_predict_batch_end = on_train_batch_end

    model, watched = make_model(), Watched()
    with pytest.raises(KeyboardInterrupt) as raised:
        run(model, method, Faulty(), Stops(), watched)
    assert not is_training(model) and watched.released == 1
    assert raised.value.__notes__[-1] == (
        "Cleaning up after it raised another error: RuntimeError('the device is gone')"
    )


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict", "validation"])
def test_data_is_closed_when_a_step_raises(method):
    workers = []

    class Batches:
        """An iterator that is kept for the next epoch, with workers behind it."""

        def __init__(self):
            workers.append(self)

        def __next__(self):
            return torch.ones(2, 3), torch.ones(2, 1), None

        def close(self):
            workers.remove(self)

    class Stops(Callback):
        def on_test_batch_end(self, batch, logs=None):
            assert workers
            raise OSError("stopped")

        if method != "validation":
            on_train_batch_end = on_predict_batch_end = on_test_batch_end

    model, stops = make_model(), {"verbose": 0, "callbacks": [Stops()]}
    with pytest.MonkeyPatch.context() as patch, pytest.raises(OSError, match="stopped"):
        patch.setattr("torchkeras_compat.data.arrays.ArraysAdapter.epoch", lambda adapter: Batches())
        if method == "validation":
            model.fit(X, Y, steps_per_epoch=2, validation_data=(X, Y), validation_steps=2, **stops)
        elif method == "fit":
            model.fit(X, Y, steps_per_epoch=2, **stops)
        else:
            getattr(model, method)(*((X,) if method == "predict" else (X, Y)), steps=2, **stops)
    assert workers == []
