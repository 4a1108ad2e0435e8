"""Kernels of Theano and TensorFlow. Numbers of dense layers: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.utils.kernels import (
    convert_all_kernels_in_model,
    convert_dense_weights_data_format,
    convert_kernel,
)


def test_spatial_axes_are_flipped():
    kernel = np.random.RandomState(0).normal(size=(2, 3, 4, 5))
    assert np.array_equal(convert_kernel(kernel), kernel[::-1, ::-1])
    assert np.array_equal(convert_kernel(kernel, "th"), kernel[:, :, ::-1, ::-1])
    assert np.array_equal(convert_kernel(kernel[0]), kernel[0, ::-1])
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        convert_kernel(np.ones((2, 3)))
    with pytest.raises(ValueError, match="'cntk'"):
        convert_kernel(kernel, "cntk")


def test_all_kernels_of_a_model_are_flipped():
    inner = Sequential([layers.Input((4, 4, 2)), layers.Conv2DTranspose(3, 2)])
    model = Sequential([layers.Input((4, 4, 2)), inner, layers.Conv2D(2, 3, use_bias=False), layers.Dense(2)])
    before = [weights.copy() for weights in model.get_weights()]
    convert_all_kernels_in_model(model)
    for old, new in zip(before, model.get_weights()):
        assert np.array_equal(new, old[::-1, ::-1] if old.ndim == 4 else old)


def test_dense_layers_behind_images():
    dense = layers.Dense(2)
    dense.build((None, 12))
    kernel = np.arange(24.0).reshape(12, 2)
    dense.set_weights([kernel, np.zeros(2)])
    convert_dense_weights_data_format(dense, (3, 2, 2))
    expected = [0, 1, 6, 7, 12, 13, 18, 19, 2, 3, 8, 9, 14, 15, 20, 21, 4, 5, 10, 11, 16, 17, 22, 23]
    assert dense.get_weights()[0].ravel().tolist() == expected
    convert_dense_weights_data_format(dense, (2, 2, 3), "channels_last")
    assert np.array_equal(dense.get_weights()[0], kernel)
    with pytest.raises(ValueError, match="12 inputs"):
        convert_dense_weights_data_format(dense, (2, 2, 2))
    with pytest.raises(ValueError, match="th"):
        convert_dense_weights_data_format(dense, (3, 2, 2), "th")
