"""Training cut short, by the means of `fit`."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import config
from torchkeras_compat.layers import Dense
from torchkeras_compat.models import Sequential
from torchkeras_compat.notes.short_training import STEPS, ShortTraining, StopAfterSteps
from torchkeras_compat.plugins import manager

X = np.zeros((100, 3), "float32")


@pytest.fixture
def model() -> Sequential:
    made = Sequential([Dense(1, input_dim=3)])
    made.compile("sgd", "mse")
    return made


def test_epochs_are_limited_without_a_warning(model: Sequential) -> None:
    with ShortTraining(2):
        assert len(model.fit(X, X[:, 0], epochs=9, verbose=0).epoch) == 2
        assert len(model.fit(X, X[:, 0], epochs=1, verbose=0).epoch) == 1
    assert config.max_epochs() is None


def test_quick_is_one_epoch_of_a_few_steps(model: Sequential) -> None:
    with ShortTraining(quick=True):
        model.fit(X, X[:, 0], epochs=9, batch_size=1, verbose=0)
        assert int(model.optimizer.iterations) == STEPS
        assert len(model.predict(X, verbose=0)) == 100
    assert manager.current().implements("torchkeras_train_callbacks") == []
    model.fit(X, X[:, 0], epochs=2, batch_size=50, verbose=0)
    assert int(model.optimizer.iterations) == STEPS + 4


def test_the_callback_stops_after_its_steps(model: Sequential) -> None:
    model.fit(X, X[:, 0], batch_size=1, callbacks=[StopAfterSteps(3)], verbose=0)
    assert int(model.optimizer.iterations) == 3
