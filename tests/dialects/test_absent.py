from __future__ import annotations

import pytest

from torchkeras_compat.dialects.absent import absent_keras_name, absent_tensorflow_name


def test_an_old_name_says_which_versions_had_it() -> None:
    text = absent_keras_name("keras.layers", "layers", "Deconvolution2D", [])
    assert text.startswith("`keras.layers.Deconvolution2D` is a name of Keras 1.0-2.3, which Keras 3 does not have.")
    assert "install_as_keras(dialect=...)" in text


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("raw_ops.Add", "Use the function of"),
        ("estimator.Estimator", "Use `Model.fit`"),
        ("nothing", "Use `keras.ops`"),
    ],
)
def test_a_name_of_tensorflow_says_what_to_use(path: str, instead: str) -> None:
    text = absent_tensorflow_name("tensorflow", path, ["Tensor"])
    assert "belongs to TensorFlow, and torchkeras_compat does not have it." in text and instead in text


def test_a_name_that_is_not_close_is_not_offered() -> None:
    assert "Did you mean" not in absent_tensorflow_name("tensorflow", "print", ["int8", "uint8"])
