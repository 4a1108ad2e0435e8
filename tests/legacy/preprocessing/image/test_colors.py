"""Values of images changed. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import config
from torchkeras_compat.legacy.preprocessing.image.colors import (
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
)

IMAGE = np.array([[[10.0, 100.0, 200.0], [0.0, 50.0, 255.0]]])


def test_channels_stay_between_the_smallest_and_the_largest_value():
    assert apply_channel_shift(IMAGE, 20.0, 2).tolist() == [[[30, 120, 220], [20, 70, 255]]]
    np.random.seed(0)
    shifted = random_channel_shift(IMAGE, 30.0, 2)
    np.random.seed(0)
    assert np.array_equal(shifted, apply_channel_shift(IMAGE, np.random.uniform(-30.0, 30.0), 2))
    with pytest.raises(ValueError, match="Received: 3"):
        apply_channel_shift(IMAGE, 1.0, 3)


def test_brightness():
    assert apply_brightness_shift(IMAGE, 0.5, False).tolist() == [[[5, 50, 100], [0, 25, 127]]]
    beyond = IMAGE * 2 - 100
    assert np.allclose(apply_brightness_shift(beyond, 1.0, False), beyond, atol=2)
    assert apply_brightness_shift(beyond, 1.0).max() == 255
    np.random.seed(0)
    assert random_brightness(IMAGE, (0.5, 0.5), False).tolist() == [[[5, 50, 100], [0, 25, 127]]]
    with pytest.raises(ValueError, match="two numbers"):
        random_brightness(IMAGE, 0.5)


def test_brightness_of_channels_first():
    config.set_image_data_format("channels_first")
    first = apply_brightness_shift(IMAGE.transpose(2, 0, 1), 0.5, False)
    assert first.transpose(1, 2, 0).tolist() == [[[5, 50, 100], [0, 25, 127]]]
