"""Checks of the arguments of normalization layers."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.layer.input_spec import InputSpec


def check_number(name: str, value: Any, owner: str) -> float:
    """Return ``value`` as a float.

    Raises:
        TypeError: it is not a number.
    """
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise TypeError(f"`{name}` of {owner} must be a number. Received: {name}={value!r}")
    return float(value)


def normalized_axes(axis: Any, ndim: int, owner: str) -> tuple[int, ...]:
    """Return ``axis``, one or several, as sorted axes from 0.

    Raises:
        ValueError: an axis does not exist, or comes twice.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    found = tuple(sorted(a + ndim if a < 0 else a for a in axes))
    if not found or any(not 0 <= a < ndim for a in found) or len(set(found)) != len(found):
        raise ValueError(
            f"`axis` of {owner} must name different axes of an input with {ndim} axes. Received: axis={axis}"
        )
    return found


def check_axes(axis: Any, message: str) -> list[int] | int:
    """Return ``axis`` as an int, or as a list of ints.

    Raises:
        TypeError: it is neither an int nor a list or tuple of ints.
    """
    if isinstance(axis, int) and not isinstance(axis, bool):
        return axis
    if isinstance(axis, (list, tuple)) and all(isinstance(a, int) and not isinstance(a, bool) for a in axis):
        return list(axis)
    raise TypeError(f"{message} Received: axis={axis!r}")


def known_sizes(axes: tuple[int, ...], shape: Any, owner: str) -> tuple[int, ...]:
    """Return the sizes of ``axes``.

    Raises:
        ValueError: one is unknown.
    """
    sizes = tuple(shape[a] for a in axes)
    if None in sizes:
        raise ValueError(f"{owner} needs to know the sizes of axes {axes}. Received shape {tuple(shape)}.")
    return sizes


def spec_of_axes(axis: list[int], shape: Any) -> InputSpec:
    """Return what a layer built for ``shape`` expects of inputs of any rank."""
    least = max(a + 1 if a >= 0 else -a for a in axis)
    return InputSpec(min_ndim=least, axes={a: shape[a] for a in axis})
