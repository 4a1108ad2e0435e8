from __future__ import annotations

import numpy as np


def test_gradients_are_applied_with_the_arguments_of_tf_keras(tf_keras) -> None:
    import tensorflow as tf

    optimizer = tf.keras.optimizers.SGD(0.5)
    v = tf.Variable([1.0, 2.0])
    optimizer.apply_gradients([(tf.constant([1.0, 1.0]), v)], name="step", skip_gradients_aggregation=True)
    np.testing.assert_allclose(v.numpy(), [0.5, 1.5])


def test_models_take_tensors_and_functions_of_tensors(tf_keras) -> None:
    import tensorflow as tf

    scaled = tf.keras.layers.Lambda(lambda x: tf.cast(x.shape[1], tf.float32) * tf.identity(x))
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,)), scaled])
    model.compile("sgd", lambda y, p: tf.reduce_mean(tf.square(y - p)))
    history = model.fit(tf.ones((4, 2)), tf.ones((4, 1)), epochs=2, verbose=0).history
    assert history["loss"][1] <= history["loss"][0]
    assert model.predict(tf.ones((3, 2)), verbose=0).shape == (3, 1)
    assert float(model.evaluate(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)) >= 0
