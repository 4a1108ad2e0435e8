"""Warnings about what computes other numbers than in the Keras that wrote a file."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from torchkeras_compat import config
from torchkeras_compat.dialects.old_files.configs import to_keras3
from torchkeras_compat.dialects.old_files.other_numbers import (
    has_unwritten_ordering,
    warn_of_other_numbers,
    warn_of_unwritten_ordering,
)
from torchkeras_compat.dialects.old_files.versions import file_version


def _chain(*layers: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "class_name": "Sequential",
        "config": [{"class_name": name, "config": {"name": name, **settings}} for name, settings in layers],
    }


def test_an_order_of_axes_that_nothing_tells_is_guessed_with_a_warning() -> None:
    chain = _chain(("UpSampling2D", {"size": [2, 2]}))
    with pytest.warns(UserWarning, match="axes of its UpSampling2D.*'channels_last' is taken"):
        found = to_keras3(chain, "1.2.2")
    assert "data_format" not in found["config"]["layers"][0]["config"]


def test_layers_that_disagree_tell_nothing() -> None:
    pools = [("MaxPooling2D", {"dim_ordering": ordering}) for ordering in ("th", "tf")]
    with pytest.warns(UserWarning, match="ZeroPadding2D"):
        to_keras3(_chain(("ZeroPadding2D", {"padding": [1, 1]}), *pools), "1.1.2")


def test_other_layers_tell_it_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_keras3(_chain(("UpSampling2D", {}), ("MaxPooling2D", {"dim_ordering": "th"})), "1.2.2")


def test_only_what_keras_1_left_out_is_unwritten() -> None:
    version = file_version("1.2.2")
    assert has_unwritten_ordering("Cropping3D", {}, version)
    assert not has_unwritten_ordering("Cropping3D", {"dim_ordering": "th"}, version)
    assert not has_unwritten_ordering("Conv2D", {}, version)
    assert not has_unwritten_ordering("Cropping3D", {}, file_version("2.0.9"))


def test_the_warning_names_the_order_that_is_taken() -> None:
    before = config.image_data_format()
    config.set_image_data_format("channels_first")
    try:
        with pytest.warns(UserWarning, match="'channels_first' is taken"):
            warn_of_unwritten_ordering("UpSampling2D")
    finally:
        config.set_image_data_format(before)


@pytest.mark.parametrize(
    ("layer", "settings", "version", "words"),
    [
        ("RandomCrop", {}, "2.4.0", "tf.keras 2.4 resized images and then cropped"),
        ("RandomCrop", {}, "2.7.0", None),
        ("Resizing", {"interpolation": "bicubic"}, "2.15.0", "a = -1/2"),
        ("UpSampling2D", {"interpolation": "bicubic"}, "2.15.0", "a = -1/2"),
        ("Resizing", {"interpolation": "bilinear"}, "2.15.0", None),
    ],
)
def test_other_rules_bring_a_warning(layer: str, settings: dict[str, Any], version: str, words: str | None) -> None:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warn_of_other_numbers(layer, settings, file_version(version))
    assert [words in str(w.message) for w in found if words] == ([True] if words else [])
    assert words or not found
