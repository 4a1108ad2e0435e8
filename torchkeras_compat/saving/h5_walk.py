"""A walk over everything in an HDF5 file, for readers that are not led by a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.h5_checks import check_dataset, holds_numbers
from torchkeras_compat.saving.stores import child


def walk(root: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the `h5py.Group` or `h5py.Dataset` of everything below a group, in the order of a file.

    Args:
        root: `h5py.File` or `h5py.Group`.

    Raises:
        FileContentError: a link leads elsewhere, or a group or array lies in two places, so perhaps in itself.
        FileLimitError: there are too many groups and arrays, or they are nested too deep.
    """
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    limits = current_limits()
    seen = {_place(h5py, root): "/"}
    waiting: list[tuple[tuple[str, ...], Any, Iterator[str]]] = [((), root, iter(root))]
    while waiting:
        path, group, names = waiting[-1]
        name = next(names, None)
        if name is None:
            waiting.pop()
            continue
        found, below = child(group, name), (*path, name)
        first = seen.setdefault(_place(h5py, found), found.name)
        if first != found.name:
            raise FileContentError(
                f"{found.name} is {first} under another name. Such files, which may contain themselves, are not read."
            )
        if len(seen) > limits.objects:
            raise too_much("There are too many groups and arrays", "objects", limits.objects)
        if len(below) > limits.nesting:
            raise too_much(f"{found.name:.80} is nested too deep", "nesting", limits.nesting)
        yield below, found
        if hasattr(found, "keys"):
            waiting.append((below, found, iter(found)))


def declared_bytes(root: Any, stored: int) -> int:
    """Return the sum of the sizes of all arrays of numbers below a group.

    Args:
        root: `h5py.File` or `h5py.Group`.
        stored: Size of the file, in bytes; in a zip file, as it lies there.

    Raises:
        FileContentError: what lies below is not a plain tree of groups and arrays.
        FileLimitError: there are too many of them, or they claim too much for their file.
    """
    limits = current_limits()
    total = 0
    for _, found in walk(root):
        if hasattr(found, "shape") and holds_numbers(found):
            total += check_dataset(found)
        if total > limits.largest_unpacked(stored):
            raise too_much(
                f"The arrays unpack {stored:,} bytes to more than {total:,}",
                "compressed_ratio",
                limits.compressed_ratio,
            )
    return total


def _place(h5py: Any, found: Any) -> tuple[int, int]:
    info = h5py.h5o.get_info(found.id)
    return info.fileno, info.addr
