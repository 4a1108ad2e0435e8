"""Batches of images from a folder."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from PIL import Image

from torchkeras_compat import layers, models, utils


def relative(dataset, folder):
    return [os.path.relpath(path, folder) for path in dataset.file_paths]


def test_batches_of_images(folder):
    data = utils.image_dataset_from_directory(folder, image_size=(4, 5), batch_size=4, shuffle=False, verbose=False)
    assert data.class_names == ["a", "b", "c"] and len(data) == 3
    assert relative(data, folder)[:4] == ["a/im0.png", "a/im3.png", "a/im6.png", "a/deep/im9.PNG"]
    (x, y), *_ = data
    assert (tuple(x.shape), x.dtype, y.tolist(), y.dtype) == ((4, 4, 5, 3), torch.float32, [0] * 4, torch.int32)
    torch.testing.assert_close(x[:, 0, 0, 0], torch.tensor([0.0, 30.0, 60.0, 90.0]))


@pytest.mark.parametrize("options", [{"labels": None}, {"label_mode": None}])
def test_images_alone(folder, options):
    [x] = utils.image_dataset_from_directory(folder, image_size=(2, 2), verbose=False, **options)
    assert tuple(x.shape) == (10, 2, 2, 3)


@pytest.mark.parametrize(("color_mode", "channels"), [("grayscale", 1), ("rgb", 3), ("rgba", 4)])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_colors_and_layouts(folder, color_mode, channels, data_format):
    data = utils.image_dataset_from_directory(
        folder, image_size=(2, 3), color_mode=color_mode, data_format=data_format, label_mode=None, batch_size=None
    )
    expected = (channels, 2, 3) if data_format == "channels_first" else (2, 3, channels)
    assert {tuple(image.shape) for image in data} == {expected} and len(data) == 10


def test_proportions_are_kept_by_cutting_or_filling(tmp_path):
    (tmp_path / "x").mkdir()
    pixels = np.zeros((4, 8, 3), "uint8")
    pixels[:, 2:6] = 200
    Image.fromarray(pixels).save(tmp_path / "x" / "a.png")
    options = {"image_size": (4, 4), "label_mode": None, "verbose": False, "interpolation": "nearest"}
    [cut] = utils.image_dataset_from_directory(tmp_path, crop_to_aspect_ratio=True, **options)
    assert cut.unique().tolist() == [200]
    [filled] = utils.image_dataset_from_directory(tmp_path, pad_to_aspect_ratio=True, **options)
    assert filled[0, :, :, 0].tolist() == [[0] * 4, [0, 200, 200, 0], [0, 200, 200, 0], [0] * 4]


def test_sixteen_bits_and_palettes_are_read(tmp_path):
    (tmp_path / "x").mkdir()
    Image.fromarray(np.full((2, 2), 40000, "uint16")).save(tmp_path / "x" / "a.png")
    Image.new("RGB", (2, 2), (204, 0, 0)).convert("P").save(tmp_path / "x" / "b.gif")
    [x] = utils.image_dataset_from_directory(tmp_path, image_size=(2, 2), label_mode=None, shuffle=False, verbose=False)
    assert x[0].unique().tolist() == [40000 // 256]
    assert x[1, 0, 0].tolist() == [204, 0, 0]


def test_a_broken_file_is_named(folder):
    (folder / "c" / "im2.png").write_bytes((folder / "c" / "im2.png").read_bytes()[:40])
    data = utils.image_dataset_from_directory(folder, image_size=(2, 2), verbose=False)
    with pytest.raises(ValueError, match=r"c/im2.png cannot be read as an image"):
        list(data)


def test_a_network_learns_from_a_folder(folder):
    data = utils.image_dataset_from_directory(folder, image_size=(4, 4), batch_size=4, seed=1, verbose=False)
    data = data.map(lambda x, y: (x / 255, y)).cache().shuffle(10).prefetch(2)
    model = models.Sequential([layers.Input((4, 4, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert len(model.fit(data, epochs=2, verbose=0).history["accuracy"]) == 2
    assert model.predict(data, verbose=0).shape == (10, 3)
