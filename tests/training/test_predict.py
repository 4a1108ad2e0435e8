"""`predict_batches`: the outputs of `predict`, one batch at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.base import Callback

X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")


def make_model():
    inputs = ours.Input((3,))
    return ours.Model(inputs, {"a": layers.Dense(2)(inputs), "b": layers.Dropout(0.5)(inputs)})


def test_the_batches_are_those_of_predict():
    model = make_model()
    whole = model.predict(X, batch_size=4, verbose=0)
    parts = list(model.predict_batches(X, batch_size=4))
    assert [len(part["a"]) for part in parts] == [4, 4, 2]
    for key in ("a", "b"):
        np.testing.assert_array_equal(np.concatenate([part[key] for part in parts]), whole[key])


def test_the_source_is_read_as_far_as_the_batches_are_taken():
    taken = []

    def source():
        for i in range(100):
            taken.append(i)
            yield X[:2]

    outputs = make_model().predict_batches(source())
    next(outputs)
    next(outputs)
    assert len(taken) <= 3
    outputs.close()
    assert len(taken) <= 3


def test_gradients_are_computed_between_two_batches():
    for _ in make_model().predict_batches(X, batch_size=4):
        assert torch.is_grad_enabled()


def test_callbacks_are_called_and_bad_arguments_refused_at_once():
    class Ends(Callback):
        calls = ()

        def on_predict_batch_end(self, batch, logs=None):
            self.calls += ((batch, logs["outputs"]["a"].shape),)

        def on_predict_end(self, logs=None):
            self.calls += ("end",)

    ends, model = Ends(), make_model()
    list(model.predict_batches(X, batch_size=5, callbacks=[ends]))
    assert ends.calls == ((0, (5, 2)), (1, (5, 2)), "end")
    with pytest.raises(ValueError, match="batch_size"):
        model.predict_batches(X, batch_size=0)
