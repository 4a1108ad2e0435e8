"""The arrays of one layer in `.keras` and `.weights.h5` files of tf.keras, as today's layer has them."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.saving.old_arrays.conversion import converted, is_converted
from torchkeras_compat.saving.old_arrays.stored_values import ConvertedArrays
from torchkeras_compat.saving.old_arrays.writers import Writer
from torchkeras_compat.saving.stores import ArrayReader

_WRITER = Writer(2, 15, "tensorflow")


class ConvertedReader(ArrayReader):
    """Arrays of a layer in another layout, which are read and converted when asked for.

    Args:
        group: Group with the arrays.
        each: The converted arrays, in the order of the layer's.
    """

    def __init__(self, group: Any, each: Any) -> None:
        super().__init__(group)
        self._each = each

    def dataset(self, key: str) -> Any:
        """Return what has the shape of an array of today, and reads it by ``tensor``."""
        return self._each[int(key)] if key.isdecimal() and int(key) < len(self._each) else super().dataset(key)


def in_todays_layout(layer: Any, store: ArrayReader) -> ArrayReader:
    """Return what a file has for one layer, laid out as today.

    Args:
        layer: Layer, built; arrays of other objects come back as they are.
        store: Its arrays, ``"0"``, ``"1"``, ...
    """
    keys = [str(i) for i in range(len(store))]
    if not keys or set(keys) != set(store):
        return store
    datasets = [store.dataset(key) for key in keys]
    shapes = [tuple(d.shape) for d in datasets if hasattr(d, "shape") and d.dtype.kind in "fiu"]
    expected = [tuple(v.shape) for v in layer._file_variables()]
    if len(shapes) != len(keys) or shapes == expected or not is_converted(layer, keys, shapes, _WRITER):
        return store
    try:
        each = ConvertedArrays(datasets, lambda arrays: converted(layer, expected, keys, arrays, _WRITER)).each
    except (RuntimeError, IndexError, ValueError):  # they do not go together: the caller compares their shapes
        return store
    return ConvertedReader(store.group, each)
