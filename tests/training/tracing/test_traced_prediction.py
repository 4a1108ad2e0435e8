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


def test_what_changes_while_the_outputs_are_taken_counts(early):
    model = dense(layers.Rescaling(1.0))
    x = np.random.RandomState(0).normal(size=(40, 3)).astype("float32")
    expected = model.predict(x, batch_size=2, verbose=0)
    model.layers[1].scale = 3.0
    scaled = model.predict(x, batch_size=2, verbose=0)
    model.layers[1].scale = 1.0
    found = []
    for i, outputs in enumerate(model.predict_batches(x, batch_size=2)):
        model.layers[1].scale = 1.0 if i < 9 else 3.0
        found.append(outputs)
    assert np.array_equal(np.concatenate(found), np.concatenate([expected[:20], scaled[20:]]))
    assert not np.array_equal(expected, scaled)
