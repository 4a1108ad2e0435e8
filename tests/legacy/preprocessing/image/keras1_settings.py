"""Settings of `ImageDataGenerator` and the numbers that Keras 1.2.2 makes of them, in ``keras_1_2.json``.

The file was written once, with the generator of Keras 1.2.2 in the place of ours, by
``json.dump({name: numbers(ImageDataGenerator, settings) for name, settings in SETTINGS.items()}, file)``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

SETTINGS: dict[str, dict[str, Any]] = {
    "as they are": {},
    "rotation": {"rotation_range": 40},
    "shifts": {"width_shift_range": 0.3, "height_shift_range": 0.5},
    "shear": {"shear_range": 0.4, "fill_mode": "constant", "cval": 9.0},
    "zoom": {"zoom_range": 0.4, "fill_mode": "reflect"},
    "channels": {"channel_shift_range": 40.0, "horizontal_flip": True},
    "flips": {"horizontal_flip": True, "vertical_flip": True, "rescale": 1 / 255},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
    "featurewise": {"featurewise_center": True, "featurewise_std_normalization": True, "zoom_range": 0.2},
    "deviation alone": {"featurewise_std_normalization": True, "rescale": 0.5},
    "whitened": {"featurewise_center": True, "zca_whitening": True},
    "channels first": {"rotation_range": 20, "shear_range": 0.2, "dim_ordering": "th"},
}


def numbers(generator: Any, settings: dict[str, Any]) -> list[float]:
    """Return some of the values of the first three batches that a generator makes."""
    x = np.random.RandomState(0).uniform(0, 255, (7, 6, 5, 3)).astype("float32")
    if settings.get("dim_ordering") == "th":
        x = x.transpose(0, 3, 1, 2)
    augmenting = generator(**settings)
    augmenting.fit(x, augment="zoom_range" in settings, seed=3)
    batches = augmenting.flow(x, np.arange(7), batch_size=3, seed=7)
    values: list[float] = []
    for _ in range(3):
        batch, labels = next(batches)
        values += [round(float(value), 4) for value in batch.ravel()[::23]] + labels.tolist()
    return values


def of_keras() -> dict[str, list[float]]:
    """Return the numbers of Keras 1.2.2."""
    found: dict[str, list[float]] = json.loads((Path(__file__).parent / "keras_1_2.json").read_text())
    return found
