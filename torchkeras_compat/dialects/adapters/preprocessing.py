"""Preprocessing whose numbers differ between versions."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments

_GENERATORS = "legacy.preprocessing.image"


def image_data_generator(arguments: Arguments, dialect: str) -> tuple[str, Arguments]:
    """``ImageDataGenerator`` of Keras 1, with shears in radians and draws of its own, or of later versions."""
    if dialect == "keras1":
        return f"{_GENERATORS}.keras1_generator.Keras1ImageDataGenerator", arguments
    return f"{_GENERATORS}.generator.ImageDataGenerator", arguments


def random_contrast(arguments: Arguments, dialect: str) -> Arguments:
    """``RandomContrast(0.2)``: factors between 0.8 and 1.2, where Keras 3 has those between 1.0 and 1.2."""
    factor = arguments.get("factor")
    if dialect == "tf.keras" and isinstance(factor, (int, float)) and factor > 0:
        return {**arguments, "factor": (factor, factor)}
    return arguments


PREPROCESSING: dict[str, Adapter] = {
    "preprocessing.image.ImageDataGenerator": image_data_generator,
    "layers.RandomContrast": random_contrast,
}
