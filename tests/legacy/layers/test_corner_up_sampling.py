"""`CornerUpSampling2D`: numbers of Keras 2.3.1 on TensorFlow 1.15."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.legacy.layers.corner_up_sampling import CornerUpSampling2D


def _images(*shape: int) -> torch.Tensor:
    return torch.arange(float(np.prod(shape))).reshape(shape)


def test_numbers_of_keras_2() -> None:
    found = CornerUpSampling2D((2, 1))(_images(1, 2, 2, 1))
    assert found.flatten().tolist() == [0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 2.0, 3.0]


def test_channels_first_is_the_same() -> None:
    images = _images(2, 3, 4, 5)
    last = CornerUpSampling2D((2, 3))(images.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    np.testing.assert_allclose(CornerUpSampling2D((2, 3), data_format="channels_first")(images), last)


def test_shapes_are_those_of_up_sampling() -> None:
    layer, other = CornerUpSampling2D((2, 3)), layers.UpSampling2D((2, 3), interpolation="bilinear")
    assert layer.compute_output_shape((None, None, 5, 2)) == other.compute_output_shape((None, None, 5, 2))
    assert CornerUpSampling2D.from_config(layer.get_config())(_images(1, 2, 2, 1)).shape == (1, 4, 6, 1)


def test_whole_numbers_become_fractions() -> None:
    assert CornerUpSampling2D((1, 2))(torch.tensor([[[[0], [1]]]])).flatten().tolist() == [0.0, 0.5, 1.0, 1.0]


def test_another_interpolation_is_refused() -> None:
    with pytest.raises(ValueError, match="interpolation='nearest'"):
        CornerUpSampling2D(interpolation="nearest")
