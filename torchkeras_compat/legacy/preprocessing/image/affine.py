"""Images rotated, shifted, sheared and zoomed."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.legacy.preprocessing.image.affine_sampling import affine_sampled

Array = np.ndarray[Any, Any]


def transform_matrix_offset_center(matrix: Array, x: int, y: int) -> Array:
    """Return a map of homogeneous coordinates that does around the center of an image what ``matrix`` does around 0.

    Args:
        matrix: Shape ``(3, 3)``.
        x: Height of the image.
        y: Width of the image.

    Example:
        >>> transform_matrix_offset_center(np.diag([2.0, 2.0, 1.0]), 3, 3)[:2, 2].tolist()
        [-1.0, -1.0]

    Source: Keras 2.15 API, preprocessing/image; the center is between the pixels ``(n - 1) / 2``.
    """
    center = np.array([[1, 0, x / 2 - 0.5], [0, 1, y / 2 - 0.5], [0, 0, 1]])
    back = np.array([[1, 0, -(x / 2 - 0.5)], [0, 1, -(y / 2 - 0.5)], [0, 0, 1]])
    moved: Array = center @ matrix @ back
    return moved


def apply_transform(
    x: Array,
    transform_matrix: Array,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> Array:
    """Return an image read at the places to which a map takes those of the result: the function of Keras 1.

    Args:
        x: Shape ``(channels, height, width)``, or as ``channel_axis`` says.
        transform_matrix: Shape ``(3, 3)``, of homogeneous coordinates ``(row, column, 1)``.
        channel_axis: 0 or 2.
        fill_mode: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        order: Of the interpolation, 0 to 5. Keras 1 has 0.

    Raises:
        ValueError: ``x`` has not three axes, or an argument is none of these.
        ImportError: the order is 2 or more, and SciPy is not installed.

    Example:
        >>> apply_transform(np.array([[[1.0, 2.0, 3.0]]]), np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]])).tolist()
        [[[2.0, 3.0, 3.0]]]

    Source: Keras 1.2 API, preprocessing/image.
    """
    if x.ndim != 3 or channel_axis not in (0, 2):
        raise ValueError(
            "An image has three axes, and its channels are on the first or the last. Received: shape "
            f"{x.shape}, channel_axis={channel_axis}"
        )
    channels = np.moveaxis(x, channel_axis, 0)
    sampled = affine_sampled(channels, transform_matrix[:2, :2], transform_matrix[:2, 2], fill_mode, cval, order)
    return np.moveaxis(sampled, 0, channel_axis)


def apply_affine_transform(
    x: Array,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> Array:
    """Return an image rotated, shifted, sheared and zoomed around its center.

    ``tx`` and ``zx`` are along the width, and ``ty`` and ``zy`` along the height, where ``col_axis`` comes behind
    ``row_axis``, and the other way round where it does not. For images that are not square the center has its two
    coordinates exchanged. Both is as in Keras 2.15, and part of its numbers.

    Args:
        x: Shape ``(channels, height, width)``, or as the axes say.
        theta: Angle of the rotation, degrees.
        tx: Shift, pixels: the result has at ``place`` what the image has at ``place + tx``.
        ty: Shift along the other axis.
        shear: Angle of the shear, degrees.
        zx: Zoom: pixels of the image for each one of the result.
        zy: Zoom along the other axis.
        row_axis: Axis of the height.
        col_axis: Axis of the width.
        channel_axis: Axis of the channels, 0 or 2.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        order: Of the interpolation, 0 to 5.

    Returns:
        The shape and dtype of ``x``; ``x`` itself if nothing changes.

    Raises:
        ValueError: ``x`` has not three axes, or an argument is none of these.
        ImportError: the order is 2 or more, and SciPy is not installed.

    Example:
        >>> apply_affine_transform(np.arange(4.0).reshape(1, 2, 2), theta=90).round(6).tolist()
        [[[1.0, 3.0], [0.0, 2.0]]]

    Source: Keras 2.15 API, preprocessing/image.
    """
    if x.ndim != 3 or channel_axis not in (0, 2) or {row_axis, col_axis, channel_axis} != {0, 1, 2}:
        raise ValueError(
            "An image has three axes, which `row_axis`, `col_axis` and `channel_axis` name, with the channels on the "
            f"first or the last. Received: shape {x.shape}, row_axis={row_axis}, col_axis={col_axis}, "
            f"channel_axis={channel_axis}"
        )
    matrix = _matrix(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    matrix = transform_matrix_offset_center(matrix, x.shape[row_axis], x.shape[col_axis])
    if col_axis > row_axis:  # the map is of (x, y), and arrays are indexed by (y, x)
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    return apply_transform(x, matrix, channel_axis, fill_mode, cval, order)


def _matrix(theta: float, tx: float, ty: float, shear: float, zx: float, zy: float) -> Array | None:
    """Return the product of what is asked for, in Keras's order; None if nothing is."""
    steps = []
    if theta != 0:
        c, s = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        steps.append(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    if tx != 0 or ty != 0:
        steps.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]))
    if shear != 0:
        angle = np.deg2rad(shear)
        steps.append(np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        steps.append(np.array([[zx, 0, 0], [0, zy, 0], [0, 0, 1]]))
    if not steps:
        return None
    matrix = steps[0]
    for step in steps[1:]:
        matrix = matrix @ step
    return matrix
