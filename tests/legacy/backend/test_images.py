from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import images as K


def test_an_unknown_interpolation_is_refused() -> None:
    for function in (K.resize_images, K.resize_images_from_corner):
        with pytest.raises(ValueError, match='should be one of "nearest" or "bilinear". Received: \'cubic\''):
            function(torch.ones(1, 1, 1, 1), 2, 2, "channels_last", "cubic")


def test_keras_2_3_counts_from_the_corner() -> None:
    # tf.compat.v1.image.resize_bilinear of TensorFlow 2.15.1, which Keras 2.3 calls.
    x = torch.tensor([[0.0, 2.0], [4.0, 8.0]]).reshape(1, 2, 2, 1)
    expected = [[0.0, 1.0, 2.0, 2.0], [2.0, 3.5, 5.0, 5.0], [4.0, 6.0, 8.0, 8.0], [4.0, 6.0, 8.0, 8.0]]
    assert K.resize_images_from_corner(x, 2, 2, "channels_last", "bilinear")[0, :, :, 0].tolist() == expected
    first = K.resize_images_from_corner(x.movedim(-1, 1), 2, 2, "channels_first", "bilinear")
    assert first[0, 0].tolist() == expected
    assert K.resize_images_from_corner(x, 1, 2, "tf")[0, 0, :, 0].tolist() == [0.0, 0.0, 2.0, 2.0]
