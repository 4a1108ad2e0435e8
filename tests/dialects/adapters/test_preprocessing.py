from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("dialect", "kind"), [("keras1", "Keras1ImageDataGenerator"), ("keras2", "ImageDataGenerator")]
)
def test_each_version_has_its_generator(request, dialect: str, kind: str) -> None:
    request.getfixturevalue(dialect)
    from keras.preprocessing.image import ImageDataGenerator

    made = ImageDataGenerator(rotation_range=20, horizontal_flip=True)
    assert type(made).__name__ == kind and isinstance(made, ImageDataGenerator)


def test_contrast_goes_down_as_it_goes_up_in_tf_keras(tf_keras) -> None:
    from keras.layers import RandomContrast

    assert RandomContrast(0.2).get_config()["factor"] == (0.2, 0.2)
    assert RandomContrast((0.1, 0.3)).get_config()["factor"] == (0.1, 0.3)
