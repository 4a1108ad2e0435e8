from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.augmentation import save_batch, split_bounds
from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator


def test_the_first_samples_are_for_validation():
    generator = ImageDataGenerator(validation_split=0.25)
    assert split_bounds(generator, None) is None
    assert split_bounds(generator, "validation") == (0.0, 0.25)
    assert split_bounds(generator, "training") == (0.25, 1.0)
    assert split_bounds(None, "training") == (0.0, 1.0)
    with pytest.raises(ValueError, match="validation_split"):
        split_bounds(ImageDataGenerator(), "validation")
    with pytest.raises(ValueError, match="'test'"):
        split_bounds(generator, "test")


def test_batches_are_written(tmp_path):
    np.random.seed(0)
    expected = np.random.randint(10**4)
    np.random.seed(0)
    save_batch(np.zeros((1, 2, 3, 3)), np.array([7]), tmp_path, "p", "png", "channels_last", 10**4)
    assert [path.name for path in tmp_path.iterdir()] == [f"p_7_{expected}.png"]
