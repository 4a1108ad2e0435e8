"""A picture read at places of a linear map, as `scipy.ndimage.affine_transform` reads it.

SciPy does it where it is installed. Without it, NumPy computes the orders 0 and 1, which are almost all that is asked
for, with SciPy's numbers; cubic and other splines need SciPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
FILL_MODES = ("nearest", "constant", "reflect", "wrap")


def affine_sampled(
    channels: Array, matrix: Array, offset: Array, fill_mode: str = "nearest", cval: float = 0.0, order: int = 1
) -> Array:
    """Return ``channels`` read at ``matrix @ place + offset`` for each place of the result, of the same shape.

    Args:
        channels: Shape ``(channels, height, width)``.
        matrix: Shape ``(2, 2)``.
        offset: Shape ``(2,)``.
        fill_mode: What lies beyond the edges: ``"nearest"`` repeats the edge, ``"constant"`` is ``cval``, ``"reflect"``
            mirrors at the edge, ``"wrap"`` goes on at the other side.
        cval: Value beyond the edges for ``"constant"``.
        order: Of the spline: 0 for the nearest value, 1 for linear interpolation, up to 5.

    Raises:
        ValueError: an unknown ``fill_mode``, or ``order`` is not in 0..5.
        ImportError: the order is 2 or more, and SciPy is not installed.

    Example:
        >>> affine_sampled(np.arange(4.0).reshape(1, 2, 2), np.eye(2), np.array([0.0, 0.5])).tolist()
        [[[0.5, 1.0], [2.5, 3.0]]]

    Source: SciPy API, ndimage.affine_transform.
    """
    if fill_mode not in FILL_MODES:
        raise ValueError(f"`fill_mode` must be one of {', '.join(map(repr, FILL_MODES))}. Received: {fill_mode!r}")
    if order not in range(6):
        raise ValueError(f"The order of interpolation must be 0, 1, 2, 3, 4 or 5. Received: {order!r}")
    transform = _of_scipy()
    if transform is None:
        if order > 1:
            raise ImportError(
                f"Interpolation of order {order} needs SciPy: pip install scipy. Orders 0 and 1 do without it."
            )
        return numpy_sampled(channels, matrix, offset, fill_mode, cval, order)
    sampled = [
        transform(channel, matrix, offset=offset, order=order, mode=fill_mode, cval=cval) for channel in channels
    ]
    return np.stack(sampled)


def numpy_sampled(channels: Array, matrix: Array, offset: Array, fill_mode: str, cval: float, order: int) -> Array:
    """Return what :func:`affine_sampled` does, for the orders 0 and 1 and by NumPy alone."""
    height, width = channels.shape[1:]
    places = matrix @ np.indices((height, width)).reshape(2, -1) + np.asarray(offset)[:, None]
    is_outside = np.zeros(height * width, dtype=bool)
    for places_of_axis, size in zip(places, (height, width)):
        if fill_mode == "constant":
            is_outside |= (places_of_axis < 0) | (places_of_axis > size - 1)
            np.clip(places_of_axis, 0, size - 1, out=places_of_axis)
        else:
            places_of_axis[:] = _INSIDE[fill_mode](places_of_axis, size)
    values = np.asarray(channels, dtype="float64").reshape(len(channels), -1)
    if order == 0:
        rows, columns = (np.clip(np.floor(p + 0.5).astype(int), 0, n - 1) for p, n in zip(places, (height, width)))
        sampled = values[:, rows * width + columns]
    else:
        sampled = _interpolated(values, places, height, width, fill_mode)
    sampled[:, is_outside] = cval
    if np.issubdtype(channels.dtype, np.integer):  # which SciPy rounds
        limits = np.iinfo(channels.dtype)
        sampled = np.clip(np.trunc(sampled + np.copysign(0.5, sampled)), limits.min, limits.max)
    return sampled.reshape(channels.shape).astype(channels.dtype)


def _interpolated(values: Array, places: Array, height: int, width: int, fill_mode: str) -> Array:
    """Return the linear interpolation of the four values around each place."""
    (top, left), (down, right) = np.floor(places).astype(int), places - np.floor(places)
    rows = [_index(row, height, fill_mode) for row in (top, top + 1)]
    columns = [_index(column, width, fill_mode) for column in (left, left + 1)]
    sampled = np.zeros((len(values), places.shape[1]))
    for row, part_of_row in zip(rows, (1 - down, down)):
        for column, part_of_column in zip(columns, (1 - right, right)):
            sampled += values[:, row * width + column] * (part_of_row * part_of_column)
    return sampled


def _index(index: Array, size: int, fill_mode: str) -> Array:
    """Return indices of rows or columns, of which one more than there are may be asked for."""
    if fill_mode == "reflect":
        return np.where(index < 0, -1 - index, np.where(index >= size, 2 * size - 1 - index, index)).clip(0, size - 1)
    return index.clip(0, size - 1)


def _nearest(places: Array, size: int) -> Array:
    return places.clip(0, size - 1)


def _reflected(places: Array, size: int) -> Array:
    """Mirror at the outer edges of the pixels: ``d c b a | a b c d | d c b a``."""
    folded = np.mod(places + 0.5, 2 * size)
    return np.where(folded > size, 2 * size - folded, folded) - 0.5


def _wrapped(places: Array, size: int) -> Array:
    """Go on at the other side, where the last pixel lies on the first one, as SciPy's "wrap" has it."""
    period = size - 1
    if period == 0:
        return np.zeros_like(places)
    below = np.where(places < 0, places + period * (np.trunc(-places / period) + 1), places)
    return np.where(below > period, below - period * np.trunc(below / period), below)


_INSIDE: dict[str, Callable[[Array, int], Array]] = {"nearest": _nearest, "reflect": _reflected, "wrap": _wrapped}


def _of_scipy() -> Callable[..., Array] | None:
    """Return SciPy's function, or None where SciPy is not installed."""
    try:
        from scipy.ndimage import affine_transform  # optional, and slow to import
    except ImportError:
        return None
    transform: Callable[..., Array] = affine_transform
    return transform
