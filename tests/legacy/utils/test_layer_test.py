from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import layers
from torchkeras_compat.legacy.utils import layer_test as tools


def test_layers_of_the_package_pass():
    assert tools.layer_test(layers.Dense, {"units": 3}, input_shape=(2, 4)).shape == (2, 3)
    assert tools.layer_test(layers.Dropout, {"rate": 0.5}, input_shape=(None, 4), fixed_batch_size=True).shape[1] == 4
    ids = np.array([[1, 2], [3, 0]])
    arguments = {"input_dim": 5, "output_dim": 2}
    tools.layer_test(layers.Embedding, arguments, input_data=ids, input_dtype="int32", expected_output_dtype="float32")
    tools.layer_test(layers.LSTM, {"units": 2}, input_shape=(2, 3, 4))
    expected = np.array([[6.0, 6.0]])
    tools.layer_test(
        layers.Rescaling, {"scale": 2}, input_data=np.full((1, 2), 3.0, "float32"), expected_output=expected
    )


def test_faults_are_found():
    class Wrong(layers.Layer):
        def call(self, inputs):
            return inputs

        def compute_output_shape(self, shape):
            return (*shape[:-1], 99)

    with pytest.raises(AssertionError):
        tools.layer_test(Wrong, input_shape=(2, 3))
    with pytest.raises(AssertionError):
        tools.layer_test(layers.ReLU, input_shape=(2, 3), expected_output=np.full((2, 3), -1.0))
    with pytest.raises(ValueError, match="input_shape"):
        tools.layer_test(layers.ReLU)


def test_tests_forget_the_names_of_layers():
    @tools.keras_test
    def test_something(x):
        return layers.Dense(x).name

    assert test_something(3) == test_something(3)
