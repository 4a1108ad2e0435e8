"""What an array of an HDF5 file must be to be read: in the file, whole, and in proportion to what it stores."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.h5_heaps import check_heaps

# HDF5's own numbers: `h5py`, which is imported only where files are read, has the same.
_CHUNKED, _VIRTUAL = 2, 3
_COMPRESSING = {1: "gzip", 32000: "lzf"}
_HARMLESS = {2: "shuffle", 3: "fletcher32"}


def is_bfloat16(dataset: Any) -> bool:
    """Return whether a dataset holds bfloat16 numbers, which Keras stores as two opaque bytes each.

    It says so in an attribute, but not in whole models in `.h5` files.
    """
    return bool(dataset.dtype == np.dtype("V2")) and text_of(attribute(dataset, "dtype", "bfloat16")) == "bfloat16"


def holds_numbers(dataset: Any) -> bool:
    """Return whether the values of a dataset are numbers."""
    return dataset.dtype.kind in "fiubc" or is_bfloat16(dataset)


def check_dataset(dataset: Any) -> int:
    """Check a dataset before anything of it is read, and return the bytes that its values take.

    Args:
        dataset: `h5py.Dataset`.

    Raises:
        FileContentError: its values lie in another file, are not all stored, or are packed by unknown filters.
        FileLimitError: it claims far more than it stores.
    """
    creation = dataset.id.get_create_plist()
    layout = creation.get_layout()
    if layout == _VIRTUAL or creation.get_external_count():
        raise FileContentError(
            f"{dataset.name} keeps its values in another file (virtual or external storage), which is not read. Store"
            " the values themselves."
        )
    shape = dataset.shape
    if shape is None:
        raise FileContentError(f"{dataset.name} is an empty dataset without a shape. Save the file again.")
    # Sizes from a file multiply to more than HDF5's own 64 bits.
    claimed = math.prod(shape) * dataset.dtype.itemsize
    if claimed == 0:
        return 0
    stored = dataset.id.get_storage_size()
    packed = layout == _CHUNKED and _check_filters(dataset, creation)
    if stored == 0 or (not packed and stored < claimed):
        raise FileContentError(
            f"{dataset.name} claims {claimed:,} bytes (shape {dataset.shape}), and stores {stored:,}: its values are"
            " missing. Save the file again."
        )
    if layout != _CHUNKED:
        return claimed
    taken = max(claimed, math.prod(creation.get_chunk()) * dataset.dtype.itemsize)
    current_limits().check_ratio(f"{dataset.name} (shape {dataset.shape})", stored, taken)
    return claimed


def _check_filters(dataset: Any, creation: Any) -> bool:
    """Return whether the values are compressed."""
    codes = [creation.get_filter(i)[0] for i in range(creation.get_nfilters())]
    unknown = [code for code in codes if code not in _COMPRESSING and code not in _HARMLESS]
    packed = [_COMPRESSING[code] for code in codes if code in _COMPRESSING]
    if unknown or len(packed) > 1:
        what = f"the filters {packed}" if len(packed) > 1 else f"the unknown filter {unknown[0]}"
        raise FileContentError(
            f"{dataset.name} is packed by {what}. Arrays packed once, by gzip or lzf, are read; store it plainly."
        )
    return bool(packed)


def attribute(group: Any, key: str, default: Any = None) -> Any:
    """Return an attribute of a group or dataset, checked for its size before it is read.

    Args:
        group: `h5py.Group` or `h5py.Dataset`.
        key: Name of the attribute.
        default: What to return if there is none of that name.

    Raises:
        FileLimitError: it claims more than a config may have.
    """
    if key not in group.attrs:
        return default
    found = group.attrs.get_id(key)
    limits = current_limits()
    values = math.prod(found.shape or ())
    if values > limits.objects:
        raise too_much(f"The attribute {key!r} of {group.name} has {values:,} values", "objects", limits.objects)
    size = values * found.dtype.itemsize
    if size > limits.config_bytes:
        raise too_much(f"The attribute {key!r} of {group.name} has {size:,} bytes", "config_bytes", limits.config_bytes)
    if found.dtype.kind == "O":  # texts of any length
        check_heaps(group)
    return group.attrs[key]


def text_of(value: Any) -> str:
    """Return the text that an attribute holds, be it stored as bytes or as a string.

    Args:
        value: What :func:`attribute` returned.

    Raises:
        FileContentError: the bytes are not UTF-8.
    """
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError as error:
        raise FileContentError(f"A text in the file is not UTF-8: {error}. Save the file again.") from error
