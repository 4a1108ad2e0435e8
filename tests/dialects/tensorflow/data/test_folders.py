from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.data import folders
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.tensor import Tensor


def test_images_of_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(3):
            keras.utils.save_img(tmp_path / name / f"{number}.png", np.full((6, 8, 3), number * 100))
    train, rest = folders.image_dataset_from_directory(
        tmp_path, image_size=(4, 4), batch_size=2, validation_split=0.5, subset="both", seed=1, verbose=False
    )
    assert isinstance(train, Dataset) and train.class_names == ["cats", "dogs"] and len(rest) == 2
    images, labels = next(iter(train.map(lambda x, y: (x / 255.0, y)).cache().prefetch(-1)))
    assert type(images) is Tensor and images.shape == (2, 4, 4, 3) and labels.shape == (2,)
    layer = keras.layers.Normalization()
    layer.adapt(train.map(lambda x, y: x))


def test_texts_of_a_folder(listed: Any, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.txt").write_text("one é")
    (made,) = listed(folders.text_dataset_from_directory(tmp_path, batch_size=1, verbose=False))
    assert made == (["one é".encode()], [0])


def test_windows_and_splits(listed: Any) -> None:
    made = folders.timeseries_dataset_from_array(np.arange(5), np.arange(5), sequence_length=3, batch_size=2)
    assert listed(made) == [([[0, 1, 2], [1, 2, 3]], [0, 1]), ([[2, 3, 4]], [2])]
    left, right = folders.split_dataset(Dataset.range(6), left_size=2)
    assert listed(left) == [0, 1] and listed(right.batch(2)) == [[2, 3], [4, 5]]
