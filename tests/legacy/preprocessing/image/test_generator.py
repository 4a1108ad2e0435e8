"""`ImageDataGenerator`. Numbers: tf.keras 2.15.1, see ``against_keras.py``."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest

from tests.legacy.preprocessing.image.against_keras import SETTINGS, images, numbers, of_keras
from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator


@pytest.mark.parametrize("name", SETTINGS)
def test_images_are_those_of_keras(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = numbers(ImageDataGenerator, SETTINGS[name])
    assert np.allclose(found, of_keras()[name], rtol=1e-4, atol=2e-3)


def test_parameters_are_drawn_and_applied():
    generator = ImageDataGenerator(rotation_range=10, brightness_range=(0.5, 1.5), horizontal_flip=True)
    drawn = generator.get_random_transform((6, 5, 3), seed=1)
    assert list(drawn) == [
        *("theta", "tx", "ty", "shear", "zx", "zy", "flip_horizontal", "flip_vertical"),
        *("channel_shift_intensity", "brightness"),
    ]
    image = images()[0]
    assert np.array_equal(generator.apply_transform(image, drawn), generator.random_transform(image, seed=1))
    assert generator.apply_transform(image, {}) is image
    assert np.array_equal(generator.apply_transform(image, {"flip_horizontal": True}), image[:, ::-1])


def test_values_are_standardized_in_place():
    image = images()[0]
    expected = image * np.float32(0.5)
    assert ImageDataGenerator(rescale=0.5).standardize(image) is image and np.array_equal(image, expected)
    whole = np.full((2, 2, 3), 100, "uint8")
    assert ImageDataGenerator(rescale=0.5).standardize(whole).max() == 50 and whole.max() == 100


def test_unfitted_settings_say_so():
    with pytest.warns(UserWarning, match="`featurewise_std_normalization` sets `featurewise_center=True`"):
        generator = ImageDataGenerator(featurewise_std_normalization=True)
    with pytest.warns(UserWarning) as caught:
        generator.standardize(images())
    assert ["`featurewise_center`, but has not been fitted" in str(warning.message) for warning in caught] == [
        True,
        False,
    ]
    generator.fit(images())
    standardized = generator.standardize(images())
    assert abs(standardized.mean()) < 1e-4 and abs(standardized.std() - 1) < 1e-3
    with pytest.warns(UserWarning, match="samplewise_center"):
        assert ImageDataGenerator(samplewise_std_normalization=True).samplewise_center
    with pytest.warns(UserWarning, match="featurewise_std_normalization=False"):
        assert not ImageDataGenerator(True, False, True, zca_whitening=True).featurewise_std_normalization


def test_old_names():
    assert ImageDataGenerator(dim_ordering="th").channel_axis == 1
    generator = pickle.loads(pickle.dumps(ImageDataGenerator(data_format="channels_first", brightness_range=(1, 1))))
    assert np.allclose(generator.random_transform(images()[0].transpose(2, 0, 1)).shape, (3, 6, 5))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"zoom_range": (1, 2, 3)}, r"\(1, 2, 3\)"),
        ({"brightness_range": 0.5}, "brightness_range"),
        ({"brightness_range": ("a", "b")}, "brightness_range"),
        ({"validation_split": 1.5}, "1.5"),
        ({"fill_mode": "mirror"}, "'mirror'"),
        ({"interpolation_order": 7}, "7"),
        ({"data_format": "NCHW"}, "NCHW"),
    ],
)
def test_bad_arguments_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        ImageDataGenerator(**settings)
    with pytest.raises(ValueError, match="rank 4"):
        ImageDataGenerator().fit(images()[0])
