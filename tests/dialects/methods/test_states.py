"""`get_initial_state` as tf.keras had it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def test_states_are_for_inputs_or_a_batch_size(tf_keras: Any) -> None:
    import tensorflow as tf

    layer = tf.keras.layers.GRU(3)
    for states in (layer.get_initial_state(np.zeros((2, 5, 4), "float32")), layer.get_initial_state(batch_size=2)):
        assert [state.shape.as_list() for state in states] == [[2, 3]]
    cell = tf.keras.layers.LSTMCell(3)
    states = cell.get_initial_state(batch_size=2, dtype=tf.float64)
    assert len(states) == 2 and states[0].dtype == tf.float64
    with pytest.raises(ValueError, match="needs `inputs` or `batch_size`"):
        layer.get_initial_state()
