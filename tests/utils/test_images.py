"""Images as arrays and files, beside Keras's."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

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


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(RNG.integers(0, 256, (20, 30, 4), dtype="uint8")).save(path)
    return path


@pytest.mark.parametrize("color_mode", ["grayscale", "rgb", "rgba"])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"])
@pytest.mark.parametrize("keep", [False, True])
def test_a_file_is_read_as_keras_reads_it(real_keras, picture, color_mode, interpolation, keep):
    options = {
        "color_mode": color_mode, "interpolation": interpolation, "target_size": (9, 7), "keep_aspect_ratio": keep,
    }  # fmt: skip
    mine = load_img(picture, **options)
    np.testing.assert_array_equal(np.array(mine), np.array(real_keras.utils.load_img(picture, **options)))


def test_bytes_and_16_bit_gray_are_read(tmp_path):
    Image.fromarray((np.arange(20).reshape(4, 5) * 3000).astype("uint16")).save(tmp_path / "gray.png")
    assert load_img(str(tmp_path / "gray.png"), color_mode="grayscale").mode == "I;16"
    assert load_img(io.BytesIO((tmp_path / "gray.png").read_bytes())).mode == "RGB"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.png"):
        load_img(tmp_path / "none.png")


def test_what_is_saved_is_read_back(tmp_path):
    x = RNG.integers(0, 256, (5, 6, 4)).astype("float32")
    save_img(tmp_path / "a.png", x, scale=False)
    np.testing.assert_array_equal(img_to_array(load_img(tmp_path / "a.png", "rgba")), x)
    with pytest.warns(UserWarning, match="does not support RGBA"):
        save_img(tmp_path / "a.jpg", x)
    file = io.BytesIO()
    save_img(file, x[..., :3].transpose(2, 0, 1), "channels_first", "jpg", quality=95)
    assert load_img(io.BytesIO(file.getvalue())).size == (6, 5)
    assert load_img(tmp_path / "a.jpg").mode == "RGB"


@pytest.mark.parametrize("size", [(2, 2), (5, 9), (9, 3)])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_smart_resize_cuts_as_keras_does(real_keras, size, data_format, interpolation):
    x = RNG.uniform(0, 1, (2, 6, 8, 3)).astype("float32")
    if data_format == "channels_first":
        x = x.transpose(0, 3, 1, 2)
    mine = smart_resize(x, size, interpolation, data_format)
    theirs = real_keras.preprocessing.image.smart_resize(x, size, interpolation, data_format)
    np.testing.assert_allclose(mine, theirs.cpu().numpy() if hasattr(theirs, "cpu") else theirs, atol=1e-5)
    assert isinstance(smart_resize(torch.from_numpy(x[0]), size, data_format=data_format), torch.Tensor)
