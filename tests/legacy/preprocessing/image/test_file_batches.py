from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras_compat.legacy.preprocessing.image.file_batches import BatchFromFilesMixin
from torchkeras_compat.utils.image_files import save_img


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a").mkdir()
    save_img(tmp_path / "a" / "1.png", np.full((2, 2, 3), 7), scale=False)
    return tmp_path


@pytest.mark.parametrize(
    ("color_mode", "data_format", "shape"),
    [
        ("rgb", "channels_last", (1, 4, 6, 3)),
        ("rgba", "channels_last", (1, 4, 6, 4)),
        ("grayscale", "channels_first", (1, 1, 4, 6)),
    ],
)
def test_shapes(folder, color_mode, data_format, shape):
    batches = DirectoryIterator(
        folder, None, (4, 6), color_mode, class_mode=None, data_format=data_format, keep_aspect_ratio=True
    )
    assert batches.next().shape == shape and batches.image_shape == shape[1:]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"target_size": (0, 4)}, r"\(0, 4\)"),
        ({"target_size": 4}, "target_size=4"),
        ({"color_mode": "bgr"}, "'bgr'"),
        ({"interpolation": "linear"}, "'linear'"),
        ({"class_mode": "raw"}, "'raw'"),
        ({"subset": "test"}, "'test'"),
    ],
)
def test_bad_arguments_are_refused(folder, settings, words):
    with pytest.raises(ValueError, match=words):
        DirectoryIterator(folder, None, **settings)


def test_broken_files_and_bombs_are_named(folder, monkeypatch):
    from PIL import Image

    (folder / "a" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    batches = DirectoryIterator(folder, None, (4, 4))
    with pytest.raises(ValueError, match=r"1\.png cannot be read as an image"):
        batches.next()
    save_img(folder / "a" / "1.png", np.zeros((40, 40, 1)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match="decompression bomb"):
        batches.next()
    (folder / "a" / "1.png").unlink()
    with pytest.raises(FileNotFoundError, match="1.png"):
        batches.next()


def test_subclasses_say_what_is_missing():
    for name in ("filepaths", "labels", "sample_weight"):
        with pytest.raises(NotImplementedError, match=name):
            getattr(BatchFromFilesMixin(), name)
