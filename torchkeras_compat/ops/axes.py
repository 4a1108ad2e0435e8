"""Axis arguments: NumPy's negative and missing axes as the ones that torch takes."""

from __future__ import annotations

from collections.abc import Sequence

Axis = int | Sequence[int] | None


def normalize_axis(axis: int, ndim: int) -> int:
    """Return ``axis`` counted from the front.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> normalize_axis(-1, 3)
        2
    """
    position = axis.__index__()
    if not -ndim <= position < ndim:
        raise ValueError(
            f"axis {position} is out of bounds for a tensor of {ndim} dimensions. Use one of -{ndim} to {ndim - 1}."
        )
    return position + ndim if position < 0 else position


def normalize_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return one or several axes counted from the front; all of them for None.

    Raises:
        ValueError: there is no such axis, or one is named twice.

    Example:
        >>> normalize_axes((0, -1), 3), normalize_axes(None, 2)
        ((0, 2), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, (list, tuple)):
        axes = tuple(normalize_axis(a, ndim) for a in axis)
        if len(set(axes)) != len(axes):
            raise ValueError(f"Each axis may be named once. Received: axis={axis} for a tensor of {ndim} dimensions.")
        return axes
    return (normalize_axis(axis, ndim),)  # type: ignore[arg-type]
