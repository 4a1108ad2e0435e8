"""What the loops keep on a model."""

from __future__ import annotations

import numpy as np

from torchkeras_compat import Sequential, layers
from torchkeras_compat.training.loop_state import INITIAL_STATE, LOOP_STATE


def test_all_that_compile_and_the_loops_write_is_listed():
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    before = set(model.__dict__)
    assert INITIAL_STATE.keys() <= before
    model.compile("sgd", "mse")
    x = np.zeros((4, 2))
    model.fit(x, x[:, :1], validation_split=0.5, verbose=0)
    model.predict(x, batch_size=1, verbose=0)
    assert set(model.__dict__) - before <= LOOP_STATE
