"""The default step, traced: what is recorded of it and what follows."""

from __future__ import annotations

import numpy as np

import torchkeras_compat as keras
from tests.training.tracing.agreement import Run
from tests.training.tracing.recorded import names
from torchkeras_compat import layers

BATCH = (np.ones((4, 3), "float32"), np.zeros((4, 1), "float32"))


def trained(early, **arguments):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    Run(model, [BATCH] * 9)
    return model


def test_the_update_is_not_recorded_and_metrics_are(early):
    model = trained(early, optimizer="adam", metrics=["mae"])
    (form,) = model._step.training._forms.values()
    found = names(form.function.simplified)
    assert not any("adam" in name for name in found)
    assert "abs" in found
    assert form.keys == [("gradient", 0), ("gradient", 1)]


def test_a_model_that_learns_nothing_is_traced_too(early):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1, trainable=False)])
    model.compile("sgd", "mse")
    import pytest

    with pytest.warns(UserWarning, match="frozen"):
        Run(model, [BATCH] * 9)
    (form,) = model._step.training._forms.values()
    assert form.run is not None
    assert form.keys == []


def test_evaluation_records_no_gradients(early):
    model = trained(early)
    for _ in range(9):
        model.test_on_batch(*BATCH)
    (form,) = model._step.evaluation._forms.values()
    assert form.run is not None
    assert not any("backward" in name for name in names(form.function.program))
