"""Preprocessing whose numbers differ between versions."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments

_GENERATORS = "legacy.preprocessing.image"


def image_data_generator(arguments: Arguments, dialect: str) -> tuple[str, Arguments]:
    """``ImageDataGenerator`` of Keras 1, with shears in radians and draws of its own, or of later versions."""
    if dialect == "keras1":
        return f"{_GENERATORS}.keras1_generator.Keras1ImageDataGenerator", arguments
    return f"{_GENERATORS}.generator.ImageDataGenerator", arguments


PREPROCESSING: dict[str, Adapter] = {"preprocessing.image.ImageDataGenerator": image_data_generator}
