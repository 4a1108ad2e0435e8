"""Silhouettes of clothes, in the place of the pictures of Fashion-MNIST."""

from __future__ import annotations

from typing import Any

import numpy as np

_CHUNK = 2000  # pictures drawn at once

# Each piece as trapezoids: top, bottom, and the left and right border at the top and at the bottom, in pixels of 28.
_SHAPES: tuple[tuple[tuple[float, ...], ...], ...] = (
    ((4, 25, 8, 20, 8, 20), (4, 11, 3, 9, 2, 8), (4, 11, 19, 25, 20, 26)),  # T-shirt
    ((2, 8, 9, 19, 9, 19), (8, 26, 9, 13.2, 8, 12.5), (8, 26, 14.8, 19, 15.5, 20)),  # trouser
    ((3, 26, 8, 20, 8, 20), (4, 24, 5, 9, 2, 6), (4, 24, 19, 23, 22, 26), (2, 4, 11, 17, 10, 18)),  # pullover
    ((2, 10, 10, 18, 11, 17), (10, 26, 11, 17, 8, 20)),  # dress
    ((3, 27, 7, 13.3, 7, 13.3), (3, 27, 14.7, 21, 14.7, 21), (4, 25, 4, 8, 2, 6), (4, 25, 20, 24, 22, 26)),  # coat
    ((20, 23, 2, 26, 2, 26), (12, 20, 19, 21, 23, 26), (13, 20, 6, 8, 3, 5)),  # sandal
    ((3, 25, 8, 13.4, 8, 13.4), (3, 25, 14, 20, 14, 20), (4, 20, 4, 9, 3, 7), (4, 20, 19, 24, 21, 25)),  # shirt
    ((13, 18, 15, 24, 6, 26), (18, 22, 2, 26, 2, 26)),  # sneaker
    ((11, 25, 3, 25, 3, 25), (4, 6, 9, 19, 9, 19), (4, 11, 8, 10, 7, 9), (4, 11, 18, 20, 19, 21)),  # bag
    ((4, 16, 14, 24, 14, 25), (16, 22, 8, 25, 3, 25), (22, 25, 3, 25, 3, 25)),  # ankle boot
)
_GREYS = (150, 130, 165, 140, 190, 170, 120, 160, 175, 200)


def clothes(count: int, seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return pictures of clothes and their labels.

    Args:
        count: Number of pictures.
        seed: Of all that differs: size, place, shade, weave.

    Returns:
        Pictures ``(count, 28, 28)`` and labels ``(count,)``, 0 for a T-shirt to 9 for an ankle boot; both uint8.

    Example:
        >>> x, y = clothes(5, seed=0)
        >>> x.shape, y.dtype
        ((5, 28, 28), dtype('uint8'))
    """
    random = np.random.RandomState(seed)
    labels = random.randint(0, len(_SHAPES), count).astype("uint8")
    pictures = np.zeros((count, 28, 28), dtype="uint8")
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        for label, shape in enumerate(_SHAPES):
            own = start + np.flatnonzero(labels[part] == label)
            pictures[own] = _drawn(shape, _GREYS[label], len(own), random)
    return pictures, labels


def _drawn(shape: tuple[tuple[float, ...], ...], grey: int, count: int, random: np.random.RandomState) -> Any:
    scale_x, scale_y = random.uniform(0.85, 1.12, (2, count, 1))
    move_x, move_y = random.normal(0, 1, (2, count, 1))
    pixels = np.arange(28.0)
    x = ((pixels - 14 - move_x) / scale_x + 14)[:, None, :]  # (count, 1, columns)
    y = ((pixels - 14 - move_y) / scale_y + 14)[:, :, None]  # (count, rows, 1)
    covered = np.zeros((count, 28, 28))
    for top, bottom, left_top, right_top, left_bottom, right_bottom in shape:
        way = np.clip((y - top) / (bottom - top), 0, 1)
        left, right = left_top + way * (left_bottom - left_top), right_top + way * (right_bottom - right_top)
        inside = [np.clip(edge, 0, 1) for edge in (x - left + 0.5, right - x + 0.5, y - top + 0.5, bottom - y + 0.5)]
        covered = np.maximum(covered, inside[0] * inside[1] * inside[2] * inside[3])
    shade = np.clip(random.normal(grey, 35, (count, 1, 1)), 60, 255)
    weave = 1 + random.uniform(0, 0.3, (count, 1, 1)) * np.sin(random.uniform(0.3, 2.5, (count, 1, 1)) * y)
    noise = random.normal(0, 9, (count, 28, 28))
    return np.clip(covered * (shade * weave + noise), 0, 255).astype("uint8")
