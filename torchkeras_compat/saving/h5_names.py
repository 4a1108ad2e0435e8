"""Lists of names in the attributes of HDF5 groups, and the arrays that they name."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_checks import attribute, text_of
from torchkeras_compat.saving.stores import child


def has_names(group: Any, key: str) -> bool:
    """Return whether a group has a list of names ``key``, in one attribute or in several."""
    return key in group.attrs or f"{key}0" in group.attrs


def names_of(group: Any, key: str) -> list[str]:
    """Return a list of names, which lies in one attribute or, if it is long, in several; empty if there is none.

    Args:
        group: `h5py.Group`.
        key: Name of the attribute: ``"layer_names"``.

    Raises:
        FileContentError: there is no group, or a name is not UTF-8.
    """
    if group is None:
        raise FileContentError("A layer is listed, but its group is missing.")
    if key in group.attrs:
        return [text_of(name) for name in _listed(attribute(group, key))]
    found: list[str] = []
    i = 0
    while f"{key}{i}" in group.attrs:
        found.extend(text_of(name) for name in _listed(attribute(group, f"{key}{i}")))
        i += 1
    return found


def _listed(names: Any) -> Any:
    return names if isinstance(names, (list, np.ndarray)) and np.ndim(names) == 1 else ()


def child_group(group: Any, name: str) -> Any:
    """Return the group of a name, which may have ``/`` in it; None if there is none.

    Raises:
        FileContentError: a part of the name is a link.
    """
    found = _followed(group, name)
    return found if hasattr(found, "keys") else None


def child_array(group: Any, name: str) -> Any:
    """Return the dataset of a name, which may have ``/`` in it.

    Raises:
        FileContentError: there is none.
    """
    found = _followed(group, name)
    if not hasattr(found, "shape"):
        raise FileContentError(f"The group {group.name!r} lists the array {name!r}, but does not hold it.")
    return found


def _followed(group: Any, name: str) -> Any:
    found = group
    for part in name.split("/"):
        if part in ("", ".") or not hasattr(found, "keys"):  # a point is the group itself in HDF5
            return None
        found = child(found, part)
    return found
