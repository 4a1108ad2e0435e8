"""Digits drawn with a pen, in the place of those of MNIST."""

from __future__ import annotations

from typing import Any

import numpy as np

_SIZE = 28
_CHUNK = 2000  # digits drawn at once
_PIXELS = np.arange(_SIZE, dtype="float32")

Picture = np.ndarray[Any, Any]


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Picture:
    """Points on an ellipse around (x, y), from one angle to another in turns; y goes down, turns clockwise."""
    turns = np.linspace(start, end, 40) * 2 * np.pi
    return np.stack([x + width * np.cos(turns), y + height * np.sin(turns)], axis=-1)


def _line(*corners: tuple[float, float]) -> Picture:
    places = np.linspace(0, len(corners) - 1, 40)
    x, y = np.array(corners).T
    known = np.arange(len(corners))
    return np.stack([np.interp(places, known, x), np.interp(places, known, y)], axis=-1)


# Each digit as pen strokes in the square from -1 to 1; some people write the second form.
_FORMS: tuple[tuple[list[Picture], ...], ...] = (
    ([_arc(0, 0, 0.6, 0.9, 0, 1)], [_arc(0, 0, 0.45, 0.9, 0, 1)]),
    ([_line((0, -0.9), (0, 0.9))], [_line((-0.35, -0.5), (0.05, -0.9), (0.05, 0.9))]),
    (
        [_arc(0, -0.4, 0.55, 0.5, -0.5, 0.1), _line((0.44, -0.1), (-0.6, 0.9), (0.65, 0.9))],
        [_arc(0, -0.4, 0.5, 0.5, -0.45, 0.12), _line((0.37, -0.07), (-0.5, 0.85)), _line((-0.5, 0.85), (0.6, 0.8))],
    ),
    (
        [_arc(-0.05, -0.45, 0.5, 0.45, -0.45, 0.25), _arc(-0.05, 0.45, 0.6, 0.45, -0.25, 0.42)],
        [_line((-0.5, -0.9), (0.5, -0.9), (-0.05, -0.15)), _arc(-0.05, 0.4, 0.6, 0.5, -0.25, 0.42)],
    ),
    (
        [_line((-0.4, -0.9), (-0.55, 0.15), (0.6, 0.15)), _line((0.35, -0.6), (0.3, 0.9))],
        [_line((0.25, -0.9), (-0.6, 0.3), (0.65, 0.3)), _line((0.25, -0.9), (0.25, 0.9))],
    ),
    (
        [_line((0.5, -0.9), (-0.4, -0.9), (-0.45, -0.1)), _arc(-0.1, 0.35, 0.6, 0.52, -0.36, 0.4)],
        [_line((0.55, -0.85), (-0.35, -0.85), (-0.4, -0.2)), _arc(-0.1, 0.35, 0.5, 0.55, -0.34, 0.38)],
    ),
    (
        [_arc(0, 0.42, 0.5, 0.47, 0, 1), _arc(0.45, 0.42, 0.95, 1.35, 0.5, 0.74)],
        [_arc(0, 0.45, 0.45, 0.42, 0, 1), _line((0.2, -0.9), (-0.3, -0.1), (-0.45, 0.45))],
    ),
    (
        [_line((-0.6, -0.85), (0.55, -0.85), (-0.1, 0.9))],
        [_line((-0.6, -0.85), (0.55, -0.85), (-0.1, 0.9)), _line((-0.15, 0), (0.5, 0))],
    ),
    ([_arc(0, -0.45, 0.42, 0.42, 0, 1), _arc(0, 0.45, 0.52, 0.47, 0, 1)],),
    (
        [_arc(0, -0.42, 0.48, 0.45, 0, 1), _line((0.48, -0.42), (0.4, 0.9))],
        [_arc(0, -0.42, 0.45, 0.45, 0, 1), _arc(-0.15, 0.1, 0.6, 0.8, -0.1, 0.3)],
    ),
)


def digits(count: int, seed: int) -> tuple[Picture, Picture]:
    """Return digits and their labels.

    Each is written with its own slant, size, place and pen: a few are hard to read, and a line between the pixels
    does not divide them, as with MNIST.

    Args:
        count: Number of digits.
        seed: Of all that differs.

    Returns:
        Pictures ``(count, 28, 28)``, black 0 and white 255, and labels ``(count,)``; both uint8.

    Example:
        >>> x, y = digits(5, seed=0)
        >>> x.shape, y.shape
        ((5, 28, 28), (5,))
    """
    random = np.random.RandomState(seed)
    labels = random.randint(0, 10, count).astype("uint8")
    pictures = np.zeros((count, _SIZE, _SIZE), dtype="uint8")
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        for digit, forms in enumerate(_FORMS):
            own = start + np.flatnonzero(labels[part] == digit)
            which = random.randint(0, len(forms), len(own))
            for number, strokes in enumerate(forms):
                places = own[which == number]
                pictures[places] = _written(np.concatenate(strokes), len(places), random)
    return pictures, labels


def _written(points: Picture, count: int, random: np.random.RandomState) -> Picture:
    """The same strokes by ``count`` hands."""
    angle, slant = random.normal(0, 0.12, (count, 1)), random.normal(0.1, 0.2, (count, 1))
    width, height = random.uniform(6.5, 9.5, (count, 1)), random.uniform(8.5, 10.5, (count, 1))
    x, y = points[None, :, 0], points[None, :, 1]
    # a hand trembles slowly, along the stroke
    x = x + random.normal(0, 0.07, (count, 1)) * np.sin(2.5 * y + random.uniform(0, 6, (count, 1))) - slant * y
    y = y + random.normal(0, 0.07, (count, 1)) * np.sin(2.5 * x + random.uniform(0, 6, (count, 1)))
    column = 13.5 + random.normal(0, 0.8, (count, 1)) + width * (x * np.cos(angle) - y * np.sin(angle))
    row = 13.5 + random.normal(0, 0.8, (count, 1)) + height * (x * np.sin(angle) + y * np.cos(angle))
    pen = random.uniform(0.75, 1.25, (count, 1, 1))
    columns = np.exp(-(((column[..., None] - _PIXELS) / pen) ** 2)).astype("float32")  # (count, points, 28)
    rows = np.exp(-(((row[..., None] - _PIXELS) / pen) ** 2)).astype("float32")
    ink = np.matmul(rows.transpose(0, 2, 1), columns)
    ink = np.clip(ink * random.uniform(0.55, 0.9, (count, 1, 1)), 0, 1)
    return (np.where(ink < 0.08, 0, ink) * 255).astype("uint8")
