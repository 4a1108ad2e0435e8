"""Figures in colours before a ground, in the place of the pictures of CIFAR."""

from __future__ import annotations

from typing import Any

import numpy as np

_SIZE = 32
_CHUNK = 1000  # pictures drawn at once


def color_pictures(labels: np.ndarray[Any, Any], classes: int, seed: int) -> np.ndarray[Any, Any]:
    """Return a picture for each label: the class decides about the figure, its hue and its stripes, loosely.

    Args:
        labels: ``(samples,)``, integers.
        classes: Number of classes.
        seed: Of all that differs within a class.

    Returns:
        ``(samples, 32, 32, 3)``, uint8.

    Example:
        >>> color_pictures(np.array([0, 3]), 10, seed=0).shape
        (2, 32, 32, 3)
    """
    random = np.random.RandomState(seed)
    pictures = np.zeros((len(labels), _SIZE, _SIZE, 3), dtype="uint8")
    for start in range(0, len(labels), _CHUNK):
        pictures[start : start + _CHUNK] = _drawn(labels[start : start + _CHUNK].astype("int64"), classes, random)
    return pictures


def _drawn(labels: np.ndarray[Any, Any], classes: int, random: np.random.RandomState) -> Any:
    count = len(labels)

    def draw(low: float, high: float) -> Any:
        return random.uniform(low, high, (count, 1, 1))

    pixels = np.linspace(-1, 1, _SIZE)
    x, y = pixels[None, None, :] - draw(-0.25, 0.25), pixels[None, :, None] - draw(-0.25, 0.25)
    corners = (labels % 5)[:, None, None]  # the outline is round with so many bulges
    stripes = (labels // 5 % 4)[:, None, None] * 3.0
    turn = draw(-0.6, 0.6)
    outline = draw(0.45, 0.7) * (1 + 0.3 * np.cos(corners * (np.arctan2(y, x) + turn)) * (corners > 0))
    inside = np.clip((outline - np.hypot(x, y)) * 8 + 0.5, 0, 1)
    pattern = 1 - 0.35 * (np.sin(stripes * (x * np.cos(turn) + y * np.sin(turn)) + draw(0, 6)) > 0) * (stripes > 0)
    hue = labels / classes + random.normal(0, 0.25 / classes + 0.01, count)
    figure = _rgb(hue)[:, None, None, :] * (draw(0.6, 1) * pattern)[..., None]
    ground = _rgb(random.uniform(0, 1, count))[:, None, None, :] * 0.35 + draw(0.1, 0.5)[..., None]
    ground = ground * (1 + 0.3 * y * draw(-1, 1))[..., None]
    mixed = inside[..., None] * figure + (1 - inside[..., None]) * ground
    noise = random.normal(0, 0.05, mixed.shape)
    return (np.clip(mixed + noise, 0, 1) * 255).astype("uint8")


def _rgb(hue: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Colours of these hues, in turns: ``(samples, 3)``."""
    angles = 2 * np.pi * (hue[:, None] - np.array([0, 1 / 3, 2 / 3]))
    color: np.ndarray[Any, Any] = np.clip(0.5 + 0.5 * np.cos(angles), 0, 1)
    return color
