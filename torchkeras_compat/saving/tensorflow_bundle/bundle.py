"""The tensors of a checkpoint of TensorFlow: the files ``PREFIX.index`` and ``PREFIX.data-00000-of-00001``.

The index is a table with an entry for each tensor: dtype, shape, and the place of its bytes in the files of data.

Source: TensorFlow, core/protobuf/tensor_bundle.proto; framework/types.proto (numbers of dtypes).
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.open_h5 import check_is_file
from torchkeras_compat.saving.tensorflow_bundle.crc32c import crc32c
from torchkeras_compat.saving.tensorflow_bundle.table import read_table
from torchkeras_compat.saving.tensorflow_bundle.wire import BYTES, FIXED32, VARINT, fields, read_varint, signed

STRING = 7
BFLOAT16 = 14
DTYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 8: "<c8", 9: "<i8", 10: "?", 14: "<i2", 17: "<u2",
    18: "<c16", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
_MASK = 0xA282EAD8
_MOST_AXES = 32


@dataclass
class Entry:
    """What the index says of one tensor.

    Args:
        dtype: Number of its dtype.
        shape: Its shape.
        shard: Number of the file that holds it.
        offset: Where its bytes begin there.
        size: How many they are.
        checksum: Of the bytes, masked.
        is_sliced: Whether it lies in parts.
    """

    dtype: int = 0
    shape: tuple[int, ...] = ()
    shard: int = 0
    offset: int = 0
    size: int = 0
    checksum: int = 0
    is_sliced: bool = False


@dataclass
class Bundle:
    """An open checkpoint: its entries, checked against the files that are there.

    Args:
        prefix: What the names of its files begin with.

    Raises:
        FileNotFoundError: a file is missing.
        FileContentError: the index is broken, or names bytes that are not there.
        FileLimitError: the index is larger than the limits allow.
    """

    prefix: str
    entries: dict[str, Entry] = field(init=False)
    shards: int = field(init=False)
    _sizes: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        table = read_table(f"{self.prefix}.index")
        if len(table) > current_limits().objects:
            what = f"The checkpoint {self.prefix!r} has {len(table):,} entries"
            raise too_much(what, "objects", current_limits().objects)
        header = table.pop("", None)
        if header is None:
            raise FileContentError(f"{self.prefix + '.index'!r} has no header, so it is not that of a checkpoint.")
        self.shards = self._check_header(header)
        self.entries = {name: self._checked(name, _entry(value, name)) for name, value in table.items()}

    def _check_header(self, header: memoryview) -> int:
        values = {number: value for number, kind, value in fields(header) if kind == VARINT}
        if values.get(2, 0):
            raise FileContentError(
                f"The checkpoint {self.prefix!r} is of a computer of other bytes (big-endian). Save it on another one."
            )
        shards = values.get(1, 0)
        if not isinstance(shards, int) or not 1 <= shards <= current_limits().members:
            raise FileContentError(f"The checkpoint {self.prefix!r} claims to have {shards} files of data.")
        return shards

    def _checked(self, name: str, entry: Entry) -> Entry:
        if not 0 <= entry.shard < self.shards or entry.offset + entry.size > self._size(entry.shard):
            raise FileContentError(
                f"{name!r:.200} of the checkpoint {self.prefix!r} lies outside its files. Copy all of them again."
            )
        if entry.dtype in DTYPES and not entry.is_sliced:
            needed = math.prod(entry.shape) * np.dtype(DTYPES[entry.dtype]).itemsize
            if needed != entry.size:
                raise FileContentError(
                    f"{name!r:.200} of the checkpoint {self.prefix!r} has the shape {entry.shape}, which is {needed}"
                    f" bytes, and not the {entry.size} that it has. Copy or save it again."
                )
        return entry

    def path(self, shard: int) -> str:
        """Return the name of a file of data."""
        return f"{self.prefix}.data-{shard:05d}-of-{self.shards:05d}"

    def _size(self, shard: int) -> int:
        if shard not in self._sizes:
            check_is_file(self.path(shard), "the data of a checkpoint of TensorFlow")
            self._sizes[shard] = os.path.getsize(self.path(shard))
        return self._sizes[shard]

    def read(self, name: str) -> torch.Tensor:
        """Return a tensor of numbers.

        Raises:
            FileContentError: there is none of that name, it is not of numbers, or its bytes are broken.
        """
        entry = self._entry(name)
        if entry.dtype not in DTYPES or entry.is_sliced:
            what = "lies in slices, as of a variable in parts" if entry.is_sliced else f"has the dtype {entry.dtype}"
            raise FileContentError(f"{name!r:.200} of the checkpoint {self.prefix!r} {what}, which is not read.")
        array = np.empty(entry.shape, DTYPES[entry.dtype])  # no larger than the file, as was checked
        if array.size:
            flat: Any = array.reshape(-1).view(np.uint8).data
            self._read_into(flat, entry, name)
            self._check(crc32c(flat), entry, name)
        tensor = torch.from_numpy(array)
        return tensor.view(torch.bfloat16) if entry.dtype == BFLOAT16 else tensor

    def read_text(self, name: str) -> bytes:
        """Return the bytes of a tensor that is one string.

        Raises:
            FileContentError: it is something else, or broken.
            FileLimitError: it is longer than a config may be.
        """
        entry = self._entry(name)
        limit = current_limits().config_bytes
        if entry.dtype != STRING or entry.shape or entry.is_sliced:
            raise FileContentError(f"{name!r:.200} of the checkpoint {self.prefix!r} is not one string.")
        if entry.size > limit:
            raise too_much(f"{name!r:.200} of {self.prefix!r} has {entry.size:,} bytes", "config_bytes", limit)
        data = bytearray(entry.size)
        self._read_into(memoryview(data), entry, name)
        length, place = read_varint(memoryview(data), 0)
        text = bytes(data[place + 4 :])  # behind the checksum of the length
        if len(text) != length:
            raise FileContentError(f"{name!r:.200} of the checkpoint {self.prefix!r} is cut off. Copy it again.")
        self._check(crc32c(length.to_bytes(4, "little") + data[place:]), entry, name)
        return text

    def _entry(self, name: str) -> Entry:
        if name not in self.entries:
            raise FileContentError(f"The checkpoint {self.prefix!r} has nothing under {name!r:.200}.")
        return self.entries[name]

    def _read_into(self, taker: memoryview, entry: Entry, name: str) -> None:
        with open(self.path(entry.shard), "rb", buffering=0) as file:
            file.seek(entry.offset)
            done = 0
            while done < len(taker):
                count = file.readinto(taker[done:])
                if not count:
                    raise FileContentError(f"{name!r:.200} of the checkpoint {self.prefix!r} is cut off.")
                done += count

    def _check(self, found: int, entry: Entry, name: str) -> None:
        masked = ((found >> 15 | found << 17) + _MASK) & 0xFFFFFFFF
        if masked != entry.checksum:
            raise FileContentError(
                f"The checksum of {name!r:.200} in {self.path(entry.shard)!r} is wrong, so it is broken. Copy it again."
            )


def _entry(value: memoryview, name: str) -> Entry:
    entry = Entry()
    for number, kind, content in fields(value):
        if kind == VARINT and number in (1, 3, 4, 5):
            setattr(entry, {1: "dtype", 3: "shard", 4: "offset", 5: "size"}[number], content)
        elif kind == BYTES and number == 2:
            entry.shape = _shape(content, name)
        elif kind == FIXED32 and number == 6:
            entry.checksum = int.from_bytes(_bytes(content), "little")
        elif number == 7:
            entry.is_sliced = True
    return entry


def _bytes(content: Any) -> bytes:
    return bytes(content)


def _shape(content: Any, name: str) -> tuple[int, ...]:
    axes: list[int] = []
    for number, kind, axis in fields(content):
        if number == 2 and kind == BYTES:
            size = next((signed(v) for n, k, v in fields(_bytes(axis)) if n == 1 and isinstance(v, int)), 0)
            axes.append(size)
        elif number == 3:
            raise FileContentError(f"{name!r:.200} of a checkpoint has no shape.")
    if len(axes) > _MOST_AXES or any(n < 0 for n in axes):
        raise FileContentError(f"{name!r:.200} of a checkpoint has the shape {axes[:40]}, which no tensor has.")
    return tuple(axes)
