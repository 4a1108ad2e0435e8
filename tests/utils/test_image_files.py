"""Images read from files and written to them, beside real Keras."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from torchkeras_compat.utils.image_files import load_img, save_img
from torchkeras_compat.utils.images import img_to_array

RNG = np.random.default_rng(0)


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
