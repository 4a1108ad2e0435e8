from __future__ import annotations

import io

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.files import (
    array_to_img,
    img_to_array,
    list_pictures,
    load_img,
    save_img,
)

PIXELS = np.random.RandomState(0).randint(0, 255, (4, 6, 3)).astype("float32")


@pytest.fixture
def path(tmp_path):
    save_img(tmp_path / "a.png", PIXELS, scale=False)
    return tmp_path / "a.png"


def test_images_are_loaded_in_the_order_of_arguments_of_every_keras(path):
    assert np.array_equal(img_to_array(load_img(path)), PIXELS)
    for image in (
        load_img(path, True, (2, 3)),  # Keras 1
        load_img(path, True, "rgb", (2, 3)),  # Keras 2
        load_img(path, grayscale=True, target_size=[2, 3]),
        load_img(path, "grayscale", (2, 3), "bilinear"),  # Keras 3
        load_img(path, color_mode="grayscale", target_size=(2, 3)),
    ):
        assert (image.mode, image.size) == ("L", (3, 2))
    assert load_img(str(path), "rgba").mode == "RGBA"
    with pytest.raises(ValueError, match="interpolation"):
        load_img(path, "rgb", (2, 3), "linear")


def test_layouts_by_old_names():
    assert img_to_array(array_to_img(PIXELS), dim_ordering="th").shape == (3, 4, 6)
    assert array_to_img(PIXELS.transpose(2, 0, 1), "th").size == (6, 4)
    assert img_to_array(array_to_img(PIXELS), "default").shape == (4, 6, 3)
    file = io.BytesIO()
    save_img(file, PIXELS.transpose(2, 0, 1), dim_ordering="th", file_format="png", scale=False)
    assert np.array_equal(img_to_array(load_img(file)), PIXELS)
    with pytest.raises(ValueError, match="channels_middle"):
        img_to_array(array_to_img(PIXELS), "channels_middle")


def test_pictures_are_listed(tmp_path):
    for name in ("b/2.png", "a/1.JPG", "3.bmp", "4.txt", "5.png.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path[len(str(tmp_path)) + 1 :] for path in list_pictures(tmp_path)]
    assert found == ["3.bmp", "a/1.JPG", "b/2.png"]
    assert [path[-5:] for path in list_pictures(tmp_path, "png|gif")] == ["2.png"]
    with pytest.raises(FileNotFoundError, match="no folder"):
        list_pictures(tmp_path / "none")
