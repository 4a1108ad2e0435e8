"""Settings of `ImageDataGenerator` and the numbers that tf.keras 2.15.1 makes of them, in ``keras_2_15.json``.

The file was written once, with the generator of tf.keras in the place of ours, by
``json.dump({name: numbers(ImageDataGenerator, settings) for name, settings in SETTINGS.items()}, file)``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

SETTINGS: dict[str, dict[str, Any]] = {
    "as they are": {},
    "rotation": {"rotation_range": 30},
    "whole pixels": {"width_shift_range": 3},
    "fraction and pixels": {"width_shift_range": 0.3, "height_shift_range": 2.5},
    "lists": {"width_shift_range": [-2, 0, 1], "height_shift_range": [0.1, 0.2]},
    "one pixel": {"width_shift_range": 1.0},
    "brightness": {"brightness_range": (0.3, 1.6)},
    "shear": {"shear_range": 20.0},
    "zoom": {"zoom_range": 0.4},
    "zoom, mirrored": {"zoom_range": [0.5, 1.9], "fill_mode": "reflect"},
    "channels": {"channel_shift_range": 40.0},
    "flips": {"horizontal_flip": True, "vertical_flip": True},
    "rescaled": {"rescale": 1 / 255, "preprocessing_function": lambda image: image + 1},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
    "featurewise": {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 0.5},
    "whitened": {"featurewise_center": True, "zca_whitening": True},
    "wrapped, nearest": {"rotation_range": 90, "fill_mode": "wrap", "interpolation_order": 0, "dtype": "float64"},
    "channels first": {"rotation_range": 20, "zoom_range": 0.3, "data_format": "channels_first"},
    "cubic": {"rotation_range": 20, "interpolation_order": 3},
    "all": {
        "rotation_range": 10,
        "width_shift_range": 0.2,
        "height_shift_range": 0.2,
        "brightness_range": (0.5, 1.5),
        "shear_range": 10.0,
        "zoom_range": 0.2,
        "channel_shift_range": 10.0,
        "fill_mode": "constant",
        "cval": 3.0,
        "horizontal_flip": True,
        "vertical_flip": True,
        "rescale": 1 / 255,
    },
}


def images() -> np.ndarray[Any, Any]:
    """Return seven images of 6 times 5 pixels."""
    return np.random.RandomState(0).uniform(0, 255, (7, 6, 5, 3)).astype("float32")


def numbers(generator: Any, settings: dict[str, Any]) -> list[float]:
    """Return some of the values of the first three batches that a generator makes."""
    x = images()
    if settings.get("data_format") == "channels_first":
        x = x.transpose(0, 3, 1, 2)
    augmenting = generator(**settings)
    augmenting.fit(x, augment="rescale" in settings, seed=3)
    batches = augmenting.flow(x, np.arange(7), batch_size=3, seed=7)
    values: list[float] = []
    for _ in range(3):
        batch, labels = next(batches)
        values += [round(float(value), 4) for value in batch.ravel()[::23]] + labels.tolist()
    return values


def of_keras() -> dict[str, list[float]]:
    """Return the numbers of tf.keras 2.15.1."""
    found: dict[str, list[float]] = json.loads((Path(__file__).parent / "keras_2_15.json").read_text())
    return found
