"""What notes about Keras use of TensorFlow."""

from __future__ import annotations

import pytest
import torch

pytestmark = pytest.mark.usefixtures("installed")


def test_functions_of_tensorflow() -> None:
    import tensorflow as tf

    tf.random.set_seed(1)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert tf.reduce_mean(x).item() == 2.5
    assert tf.nn.softmax(x).shape == (2, 2)
    assert tf.concat([x, x], axis=0).shape == (4, 2)
    assert tf.cast(x, tf.int32).dtype == torch.int32
    assert tf.one_hot([0, 2], depth=3).shape == (2, 3)
    assert tf.clip_by_value(x, clip_value_min=2.0, clip_value_max=3.0).max().item() == 3
    assert isinstance(tf.config.list_physical_devices("GPU"), list)
    assert isinstance(x, tf.Tensor)
    with tf.device("/CPU:0"):
        assert tf.zeros((2,)).device.type == "cpu"
