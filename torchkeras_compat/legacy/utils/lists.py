"""Values and lists of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def to_list(x: Any, allow_tuple: bool = False) -> list[Any]:
    """Return a list as it is, and anything else as a list of one.

    Args:
        x: The value.
        allow_tuple: Whether a tuple becomes a list of its items.

    Example:
        >>> to_list(3), to_list([3]), to_list((1, 2)), to_list((1, 2), allow_tuple=True)
        ([3], [3], [(1, 2)], [1, 2])

    Source: Keras 2.3 API, utils/generic_utils.
    """
    if isinstance(x, list):
        return x
    return list(x) if allow_tuple and isinstance(x, tuple) else [x]


def unpack_singleton(x: Sequence[Any]) -> Any:
    """Return the item of a sequence of one, and a longer sequence as it is.

    Args:
        x: The sequence.

    Example:
        >>> unpack_singleton([3]), unpack_singleton([3, 4])
        (3, [3, 4])

    Source: Keras 2.3 API, utils/generic_utils.
    """
    return x[0] if len(x) == 1 else x


def make_tuple(*args: Any) -> tuple[Any, ...]:
    """Return the arguments as a tuple.

    Args:
        args: Values.

    Example:
        >>> make_tuple(1, 2)
        (1, 2)

    Source: Keras 1.2 API, utils/generic_utils.
    """
    return args


def object_list_uid(object_list: Any) -> str:
    """Return a string that tells which objects a list holds: their ids.

    Args:
        object_list: An object, or a list of them.

    Example:
        >>> object_list_uid([None]) == str(id(None))
        True

    Source: Keras 2.3 API, utils/generic_utils.
    """
    return ", ".join(str(abs(id(item))) for item in to_list(object_list))


def is_all_none(iterable_or_element: Any) -> bool:
    """Return whether a value, or each item of a list or tuple, is None.

    Args:
        iterable_or_element: The value.

    Example:
        >>> is_all_none([None, None]), is_all_none(0)
        (True, False)

    Source: Keras 2.15 API, utils/generic_utils.
    """
    return all(item is None for item in to_list(iterable_or_element, allow_tuple=True))


def slice_arrays(arrays: Any, start: Any = None, stop: int | None = None) -> Any:
    """Return the rows ``start`` to before ``stop`` of arrays, or the rows at given places.

    Args:
        arrays: An array, a list of arrays and None, or None.
        start: First row; or a list or array of places.
        stop: Row after the last.

    Returns:
        A list for a list, ``[None]`` for None, else an array.

    Example:
        >>> slice_arrays([np.arange(4), None], 1, 3)
        [array([1, 2]), None]

    Source: Keras 2.15 API, utils/generic_utils.
    """
    if arrays is None:
        return [None]
    places = slice(start, stop) if not hasattr(start, "__len__") else np.asarray(start).tolist()
    if isinstance(arrays, list):
        return [None if array is None else array[places] for array in arrays]
    return arrays[places] if hasattr(arrays, "__getitem__") else [None]


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Return where batches begin and end.

    Args:
        size: Number of samples.
        batch_size: Samples a batch.

    Example:
        >>> make_batches(5, 2)
        [(0, 2), (2, 4), (4, 5)]

    Source: Keras 2.15 API, utils/generic_utils.
    """
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def transpose_shape(shape: Any, target_format: str, spatial_axes: Iterable[int]) -> Any:
    """Return a shape with channels last in another data format.

    Args:
        shape: Tuple or list, with the channels on the last axis.
        target_format: ``"channels_first"`` or ``"channels_last"``.
        spatial_axes: Axes of height, width, ..., in their order.

    Raises:
        ValueError: another format.

    Example:
        >>> transpose_shape((16, 128, 64, 3), "channels_first", (1, 2))
        (16, 3, 128, 64)

    Source: Keras 2.3 API, utils/generic_utils.
    """
    if target_format == "channels_last":
        return shape
    if target_format != "channels_first":
        raise ValueError(
            f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {target_format!r}'
        )
    axes = tuple(spatial_axes)
    return type(shape)([*shape[: axes[0]], shape[-1], *(shape[axis] for axis in axes)])
