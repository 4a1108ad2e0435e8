"""`ImageDataGenerator` of Keras 1. Numbers: Keras 1.2.2, see ``keras1_settings.py``."""

from __future__ import annotations

import numpy as np
import pytest

from tests.legacy.preprocessing.image.keras1_settings import SETTINGS, numbers, of_keras
from torchkeras_compat.legacy.preprocessing.image.keras1_generator import Keras1ImageDataGenerator
from torchkeras_compat.utils.image_files import save_img

X = np.random.RandomState(0).uniform(0, 255, (4, 6, 5, 3)).astype("float32")


@pytest.mark.parametrize("name", SETTINGS)
def test_images_are_those_of_keras(name):
    assert np.allclose(numbers(Keras1ImageDataGenerator, SETTINGS[name]), of_keras()[name], rtol=1e-3, atol=5e-3)


def test_arguments_by_the_order_of_keras_1(tmp_path):
    generator = Keras1ImageDataGenerator(False, False, False, False, False, 30.0, 0.1, 0.2, 0.3)
    assert (generator.rotation_range, generator.height_shift_range, generator.shear_range) == (30.0, 0.2, 0.3)
    first, second = generator.flow(X, None, 2, False, 5), generator.flow(X=X, batch_size=2, shuffle=False, seed=5)
    assert np.array_equal(first.next(), second.next())
    generator.flow(X, None, 2, True, None, tmp_path, "a").next()
    assert [path.suffix for path in tmp_path.iterdir()] == [".jpeg", ".jpeg"]


def test_folders(tmp_path):
    (tmp_path / "a").mkdir()
    save_img(tmp_path / "a" / "1.png", X[0])
    generator = Keras1ImageDataGenerator(rescale=1 / 255)
    assert generator.flow_from_directory(tmp_path, (4, 4)).save_format == "jpeg"
    assert generator.flow_from_directory(tmp_path, (4, 4), save_format="png").save_format == "png"
    assert generator.flow_from_directory(tmp_path, (4, 4)).next()[0].shape == (1, 4, 4, 3)


def test_unfitted_settings_say_so():
    generator = Keras1ImageDataGenerator(zca_whitening=True, featurewise_center=True)
    with pytest.warns(UserWarning, match="not been fitted"):
        generator.standardize(X[0].copy())
    generator.fit(X)
    assert generator.principal_components.shape == (90, 90) and generator.zca_whitening
    with pytest.raises(ValueError, match="rank 4"):
        generator.fit(X[0])
    assert generator.zca_whitening
