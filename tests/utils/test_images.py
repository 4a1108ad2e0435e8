"""Images as arrays and files, beside Keras's."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch

from torchkeras_compat.utils.image_files import load_img, save_img
from torchkeras_compat.utils.images import array_to_img, img_to_array
from torchkeras_compat.utils.proportions import smart_resize

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first", None])
@pytest.mark.parametrize("scale", [True, False])
def test_an_array_becomes_the_image_that_keras_makes(real_keras, channels, data_format, scale):
    x = RNG.uniform(0, 255, (4, 5, channels))
    if data_format == "channels_first":
        x = x.transpose(2, 0, 1)
    mine = array_to_img(x, data_format, scale)
    theirs = real_keras.utils.array_to_img(x, data_format, scale)
    assert mine.mode == theirs.mode and mine.size == theirs.size
    np.testing.assert_array_equal(np.array(mine), np.array(theirs))
    np.testing.assert_array_equal(img_to_array(mine, data_format), real_keras.utils.img_to_array(theirs, data_format))


def test_wide_gray_values_keep_their_bits(real_keras):
    x = np.arange(4).reshape(2, 2, 1) * 1000
    mine = array_to_img(x, scale=False)
    assert mine.mode == real_keras.utils.array_to_img(x, scale=False).mode == "I"
    assert np.array(mine).ravel().tolist() == [0, 1000, 2000, 3000]


def test_tensors_and_flat_images():
    constant = np.array(array_to_img(torch.full((2, 2, 3), 7.0, requires_grad=True)))
    assert constant.tolist() == np.zeros((2, 2, 3), int).tolist()
    assert img_to_array(np.ones((2, 3)), "channels_first", "uint8").shape == (1, 2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: array_to_img(np.zeros((2, 2))), r"rank 3 .*shape: \(2, 2\)"),
        (lambda: array_to_img(np.zeros((2, 2, 2))), "Unsupported channel number: 2"),
        (lambda: array_to_img(np.zeros((2, 2, 3)), "last"), "data_format='last'"),
        (lambda: img_to_array(np.zeros(3)), r"Unsupported image shape: \(3,\)"),
        (lambda: load_img("x.png", color_mode="cmyk"), "color_mode='cmyk'"),
        (lambda: load_img("x.png", interpolation="area"), "interpolation method 'area'"),
        (lambda: load_img("x.png", target_size=(0, 3)), r"target_size=\(0, 3\)"),
        (lambda: save_img("x.zork", np.zeros((2, 2, 3))), "image format 'zork'"),
        (lambda: save_img(io.BytesIO(), np.zeros((2, 2, 3))), "`file_format` must be given"),
        (lambda: smart_resize(np.zeros((2, 2, 3)), (1, 2, 3)), r"got: \(1, 2, 3\)"),
        (lambda: smart_resize(np.zeros((2, 2)), (1, 2)), r"of shape \(2, 2\)"),
        (lambda: smart_resize(np.zeros((2, 2, 3)), (1, 2), "cubic"), "interpolation"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_bad_types_are_refused():
    with pytest.raises(TypeError, match="Received: int"):
        load_img(5)
    with pytest.raises(TypeError, match="zork"):
        smart_resize(np.zeros((2, 2, 3)), (1, 2), zork=1)
