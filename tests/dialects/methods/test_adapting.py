"""`adapt` as tf.keras had it."""

from __future__ import annotations

from typing import Any

import numpy as np


def test_batch_sizes_and_steps(tf_keras: Any) -> None:
    import tensorflow as tf

    layer = tf.keras.layers.Normalization(axis=None)
    layer.adapt(np.array([1.0, 3.0]), batch_size=1)
    assert float(layer.mean.numpy().reshape(())) == 2.0
    layer = tf.keras.layers.Normalization()
    layer.adapt(tf.data.Dataset.from_tensor_slices(np.array([[1.0], [3.0], [9.0]])).batch(1), steps=2)
    assert layer.mean.numpy().tolist() == [[2.0]]
    words = tf.keras.layers.StringLookup()
    words.adapt(np.array(["a", "b"]), batch_size=1)
    assert sorted(words.get_vocabulary()) == ["[UNK]", "a", "b"]


def test_one_mean_is_for_inputs_of_any_shape(tf_keras: Any) -> None:
    import tensorflow as tf

    layer = tf.keras.layers.Normalization(input_shape=[1], axis=None)
    layer.adapt(np.array([1.0, 3.0]))
    model = tf.keras.Sequential([layer, tf.keras.layers.Dense(1)])
    assert model.predict(np.zeros(4), verbose=0).shape == (4, 1)
