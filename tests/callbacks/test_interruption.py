"""`KeyboardInterrupt` in the middle of anything leaves a model that can be saved, evaluated, and trained on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    History,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)

X = np.random.RandomState(0).normal(size=(24, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)
HOOKS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_batch_end",
    "on_epoch_begin",
    "on_epoch_end",
)


class Interruption(Callback):
    """Raises at the second call of a hook, as Ctrl-C would."""

    def __init__(self, hook):
        super().__init__()
        self.calls = 0
        setattr(self, hook, self._count)

    def _count(self, *_, **__):
        self.calls += 1
        if self.calls == 2:
            raise KeyboardInterrupt


def make_model(**options):
    ours.utils.set_random_seed(1)
    model = ours.Sequential(
        [
            ours.Input((3,)),
            ours.layers.Dense(8, "tanh"),
            ours.layers.BatchNormalization(),
            ours.layers.Dropout(0.2),
            ours.layers.Dense(1),
        ]
    )
    model.compile(ours.optimizers.Adam(0.02), "mse", metrics=["mae"], **options)
    return model


def fit(model, callbacks=(), **options):
    data = {"validation_data": (X, Y), "batch_size": 4, "verbose": 0, **options}
    return model.fit(X, Y, callbacks=list(callbacks), **data)


@pytest.mark.parametrize(("hook", "steps"), list(itertools.product(HOOKS, (1, 2))))
def test_the_model_is_consistent(tmp_path, hook, steps):
    model = make_model(steps_per_execution=steps)
    others = [
        EarlyStopping("loss", restore_best_weights=True),
        ReduceLROnPlateau("loss"),
        CSVLogger(tmp_path / "log.csv"),
        TensorBoard(tmp_path / "board", update_freq=1),
        ModelCheckpoint(tmp_path / "{epoch}.keras"),
    ]
    with pytest.raises(KeyboardInterrupt):
        fit(model, [*others, Interruption(hook)], epochs=3)

    assert not model.training and not any(module.training for module in model.modules())
    assert torch.is_grad_enabled()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())

    model.save(tmp_path / "interrupted.keras")
    loaded = ours.models.load_model(tmp_path / "interrupted.keras")
    losses = model.evaluate(X, Y, verbose=0)
    assert loaded.evaluate(X, Y, verbose=0) == pytest.approx(losses, rel=1e-6)
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations)

    done = int(model.optimizer.iterations)
    history = fit(model, others, epochs=20)
    assert isinstance(history, History) and history.epoch[0] == 0
    assert len(history.history["loss"]) == len(history.epoch)
    assert int(model.optimizer.iterations) == done + 6 * len(history.epoch)
    assert model.evaluate(X, Y, verbose=0)[0] < losses[0]


@pytest.mark.parametrize("method", ["evaluate", "predict"])
def test_evaluation_and_prediction_can_be_interrupted(method):
    model = make_model()
    fit(model)
    before = model.get_weights()
    hook = {"evaluate": "on_test_batch_end", "predict": "on_predict_batch_end"}[method]
    data = {"evaluate": (X, Y), "predict": (X,)}[method]
    with pytest.raises(KeyboardInterrupt):
        getattr(model, method)(*data, batch_size=4, verbose=0, callbacks=[Interruption(hook)])
    assert torch.is_grad_enabled() and not model.training
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(model.predict(X, verbose=0)) == len(X)
    fit(model)


def test_training_goes_on_as_after_as_many_steps():
    whole, parts = make_model(), make_model()
    options = {"shuffle": False, "validation_data": None}
    for layer in (whole.layers[2], parts.layers[2]):
        layer.rate = 0.0
    fit(whole, epochs=2, **options)
    with pytest.raises(KeyboardInterrupt):
        parts.fit(X, Y, batch_size=4, verbose=0, shuffle=False, callbacks=[Interruption("on_train_batch_end")])
    assert int(parts.optimizer.iterations) == 2
    parts.fit(X[8:], Y[8:], batch_size=4, verbose=0, shuffle=False)
    fit(parts, **options)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


class Witness(Callback):
    """Writes down what ended a loop, and whether it ended as it should."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_exception(self, error):
        self.seen.append(error)

    def on_train_end(self, logs=None):
        self.seen.append("end")

    on_test_end = on_predict_end = on_train_end


@pytest.mark.parametrize("hook", ["on_train_begin", "on_test_batch_end", "on_epoch_end", "on_train_end"])
@pytest.mark.parametrize("kind", [KeyboardInterrupt, OSError])
def test_callbacks_hear_once_what_ended_a_fit(hook, kind):
    def fails(*_, **__):
        raise kind("planned")

    witness, other = Witness(), Callback()
    setattr(other, hook, fails)
    with pytest.raises(kind) as raised:
        fit(make_model(), [other, witness])
    assert [error for error in witness.seen if error != "end"] == [raised.value]
    assert witness.model is not None


@pytest.mark.parametrize("method", ["evaluate", "predict"])
def test_callbacks_hear_what_ended_evaluation_and_prediction(method):
    hook = {"evaluate": "on_test_batch_end", "predict": "on_predict_batch_end"}[method]
    data = {"evaluate": (X, Y), "predict": (X,)}[method]
    witness = Witness()
    with pytest.raises(KeyboardInterrupt):
        getattr(make_model(), method)(*data, batch_size=4, verbose=0, callbacks=[Interruption(hook), witness])
    assert [type(error) for error in witness.seen] == [KeyboardInterrupt]


def test_outputs_that_nobody_takes_are_not_an_error():
    witness = Witness()
    outputs = make_model().predict_batches(X, batch_size=4, callbacks=[witness])
    next(outputs)
    outputs.close()
    assert witness.seen == []


def test_an_error_in_the_hook_is_a_note_and_others_are_called():
    class Faulty(Callback):
        def on_exception(self, error):
            raise ValueError("of its own")

    witness = Witness()
    with pytest.raises(KeyboardInterrupt) as raised:
        fit(make_model(), [Interruption("on_epoch_end"), Faulty(), witness], epochs=3)
    assert witness.seen == ["end", "end", raised.value]  # of validation
    assert raised.value.__notes__ == [
        "The callback Faulty raised in on_exception: ValueError('of its own')",
    ]
