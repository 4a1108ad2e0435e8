"""Images moved at random: rotated, shifted, sheared, zoomed, flipped."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.legacy.preprocessing.image.affine import apply_affine_transform

Array = np.ndarray[Any, Any]


def flip_axis(x: Any, axis: int) -> Array:
    """Return an image with one axis the other way round.

    Args:
        x: Image.
        axis: The axis.

    Example:
        >>> flip_axis([[1, 2, 3]], 1).tolist()
        [[3, 2, 1]]

    Source: Keras 2.15 API, preprocessing/image.
    """
    return np.flip(np.asarray(x), axis)


def random_rotation(
    x: Array,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Return an image rotated by a random angle of ``[-rg, rg)`` degrees.

    Args:
        x: Shape ``(channels, height, width)``, or as the axes say.
        rg: Largest angle, degrees.
        row_axis: Axis of the height.
        col_axis: Axis of the width.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        interpolation_order: Of the spline, 0 to 5.

    Raises:
        ValueError, ImportError: as `apply_affine_transform` does.

    Example:
        >>> random_rotation(np.ones((3, 4, 4)), 20).shape
        (3, 4, 4)

    Source: Keras 2.15 API, preprocessing/image.
    """
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x,
        theta=theta,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shift(
    x: Array,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Return an image shifted by random numbers of pixels, which are fractions of its width and height.

    Args:
        x: Shape ``(channels, height, width)``, or as the axes say.
        wrg: Largest fraction of the width.
        hrg: Largest fraction of the height.
        row_axis: Axis of the height.
        col_axis: Axis of the width.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        interpolation_order: Of the spline, 0 to 5.

    Raises:
        ValueError, ImportError: as `apply_affine_transform` does.

    Example:
        >>> random_shift(np.ones((3, 4, 4)), 0.2, 0.2).shape
        (3, 4, 4)

    Source: Keras 2.15 API, preprocessing/image.
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x,
        tx=tx,
        ty=ty,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_shear(
    x: Array,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Return an image sheared by a random angle of ``[-intensity, intensity)`` degrees.

    Args:
        x: Shape ``(channels, height, width)``, or as the axes say.
        intensity: Largest angle, degrees.
        row_axis: Axis of the height.
        col_axis: Axis of the width.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        interpolation_order: Of the spline, 0 to 5.

    Raises:
        ValueError, ImportError: as `apply_affine_transform` does.

    Example:
        >>> random_shear(np.ones((3, 4, 4)), 20).shape
        (3, 4, 4)

    Source: Keras 2.15 API, preprocessing/image.
    """
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x,
        shear=shear,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )


def random_zoom(
    x: Array,
    zoom_range: Any,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> Array:
    """Return an image zoomed by two random factors, one for each axis; below 1 it gets larger.

    Args:
        x: Shape ``(channels, height, width)``, or as the axes say.
        zoom_range: Smallest and largest factor.
        row_axis: Axis of the height.
        col_axis: Axis of the width.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        interpolation_order: Of the spline, 0 to 5.

    Raises:
        ValueError: ``zoom_range`` is not two numbers, or as `apply_affine_transform` does.
        ImportError: as `apply_affine_transform` does.

    Example:
        >>> random_zoom(np.ones((3, 4, 4)), (0.8, 1.2)).shape
        (3, 4, 4)

    Source: Keras 2.15 API, preprocessing/image.
    """
    if np.shape(zoom_range) != (2,):
        raise ValueError(f"`zoom_range` should be two numbers. Received: {zoom_range!r}")
    zx, zy = (1, 1) if tuple(zoom_range) == (1, 1) else np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(
        x,
        zx=zx,
        zy=zy,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )
