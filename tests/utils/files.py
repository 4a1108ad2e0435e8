"""Files written into folders."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from PIL import Image

RNG = np.random.default_rng(0)


def write_image(path, shape=(10, 16, 3), fill=None):
    pixels = RNG.integers(0, 256, shape, dtype="uint8") if fill is None else np.full(shape, fill, "uint8")
    Image.fromarray(pixels).save(path)


def write_wave(path, samples, rate=8000, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.asarray(samples).astype("<i2").tobytes())


def write_text(path, text):
    Path(path).write_text(text, encoding="utf-8")
