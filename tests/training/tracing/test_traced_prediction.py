"""`predict`, traced."""

from __future__ import annotations

import numpy as np

from tests.training.tracing.test_traced_step import dense
from torchkeras_compat import Model, layers
from torchkeras_compat.training.tracing.traced_prediction import TracedPrediction


def test_outputs_come_in_their_nesting(early):
    inputs = layers.Input((3,))
    model = Model(inputs, {"a": [layers.Dense(2)(inputs)], "b": layers.Dense(1)(inputs)})
    found = model.predict(np.ones((40, 3), "float32"), batch_size=2, verbose=0)
    assert found["a"][0].shape == (40, 2)
    assert any(form.run is not None for form in model._prediction._forms.values())


def test_run_eagerly_is_the_reason_not_to(early):
    model = dense()
    model.compile("sgd", "mse", run_eagerly=True)
    assert "run_eagerly" in TracedPrediction(model).why_not()
