"""What `save_own_variables` writes to and `load_own_variables` reads from: arrays by key, in an HDF5 file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_checks import check_dataset, holds_numbers, is_bfloat16
from torchkeras_compat.saving.h5_chunks import check_chunks
from torchkeras_compat.saving.late_arrays import late_arrays_of
from torchkeras_compat.variable_base import VariableBase


class ArrayWriter(MutableMapping):
    """Arrays by key, written into a group of an HDF5 file as they come.

    Args:
        group: `h5py.Group` to write to.

    Raises:
        ValueError: a value is not an array of numbers.
    """

    def __init__(self, group: Any) -> None:
        self.group = group

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, VariableBase):
            value = value.value
        key = str(key)
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu()
            if value.dtype is torch.bfloat16:
                self._write_bfloat16(key, value.contiguous().view(torch.int16).numpy())
                return
            value = value.numpy()
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            self._write_bfloat16(key, array.view(np.int16))
            return
        if array.dtype.kind not in "fiubc":
            raise ValueError(
                f"Only arrays of numbers can be stored. Received under {key!r}: {value!r} of type {type(value)}."
            )
        self.group.create_dataset(key, data=array)

    def put(self, key: str, value: Any) -> None:
        """Store a weight, whose values may be read as late as when the file is complete.

        Args:
            key: Name.
            value: Variable or tensor.
        """
        late = late_arrays_of(self.group)
        if late is None or not late.add(self.group, key, value):
            self[key] = value

    def _write_bfloat16(self, key: str, bits: np.ndarray) -> None:
        # HDF5 has no such type: two bytes a value, and the name beside them, as Keras stores it.
        self.group.create_dataset(key, data=np.ascontiguousarray(bits).view("V2"))
        self.group[key].attrs["dtype"] = "bfloat16"

    def __getitem__(self, key: str) -> np.ndarray:
        return read_array(self.group[str(key)])

    def __delitem__(self, key: str) -> None:
        del self.group[str(key)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.group.keys())

    def __len__(self) -> int:
        return len(self.group)


class ArrayReader(Mapping):
    """Arrays by key, read from a group of an HDF5 file when asked for.

    Args:
        group: `h5py.Group`, or None for no arrays.
    """

    def __init__(self, group: Any) -> None:
        self.group = group
        self._found: dict[str, Any] = {}

    def __getitem__(self, key: str) -> np.ndarray:
        return read_array(self.dataset(str(key)))

    def dataset(self, key: str) -> Any:
        """Return the checked `h5py.Dataset` under ``key``.

        Raises:
            KeyError: there is none.
            FileContentError: it is a link, lies in another file, or holds no numbers.
        """
        found = self._found.get(key)  # to open and check one takes longer than to read it
        if found is None:
            found = child(self.group, key) if self.group is not None else None
            if found is None:
                raise KeyError(key)
            self._found[key] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.group.keys() if self.group is not None else ())

    def __len__(self) -> int:
        return len(self.group) if self.group is not None else 0


def child(group: Any, name: str) -> Any:
    """Return the group or dataset ``name`` of a group, None if there is none.

    Files may come from strangers: what lies outside the file, or claims to be larger than it, is refused.

    Args:
        group: `h5py.Group` or `h5py.File`.
        name: Name without ``/``.

    Raises:
        FileContentError: ``name`` is a link, a datatype, or a dataset that lies in another file or lacks its values.
        FileLimitError: it is a dataset that claims far more than it stores.
    """
    link = group.get(name, getlink=True)
    if link is None:
        return None
    kind = type(link).__name__
    if kind != "HardLink":
        raise FileContentError(
            f"{group.name.rstrip('/')}/{name} is a {kind}, which may lead out of the file. Such files are not read;"
            " store the arrays themselves."
        )
    found = group[name]
    if hasattr(found, "shape"):
        if holds_numbers(found):  # names and configs are never read as weights, see `read_array`
            check_dataset(found)
    elif not hasattr(found, "keys"):
        raise FileContentError(f"{found.name} is a {type(found).__name__}, where a group or an array is expected.")
    return found


def read_array(dataset: Any) -> np.ndarray:
    """Return the numbers of a dataset, in the byte order of this computer; bfloat16 as float32.

    Raises:
        FileContentError: it holds no numbers, or its values cannot be read.
        FileLimitError: they unpack to more than there should be.
    """
    if not hasattr(dataset, "shape") or not holds_numbers(dataset):
        what = f"values of type {dataset.dtype}" if hasattr(dataset, "dtype") else "a group"
        raise FileContentError(f"{dataset.name} holds {what}, where an array of numbers is expected.")
    try:
        check_chunks(dataset)
        values = dataset[()]
    except (OSError, RuntimeError) as error:
        raise FileContentError(f"{dataset.name} cannot be read: {error}. Copy or save the file again.") from error
    if is_bfloat16(dataset):
        bits = np.ascontiguousarray(values).view(np.int16)
        return torch.from_numpy(bits).view(torch.bfloat16).float().numpy()
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))
