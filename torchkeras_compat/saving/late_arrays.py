"""Weights on their way into a new HDF5 file: their places are kept, and their values go straight there in the end.

So they are nowhere twice: neither in memory, in Keras's layout, nor on the disk, where a zip file gets them from the
model and not from the HDF5 file that is a part of it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import torch

from torchkeras_compat.saving.pieces import PIECE, bytes_of, pieces
from torchkeras_compat.variable_base import VariableBase

_SMALLEST = 1024  # values; HDF5 writes fewer as quickly
_DTYPES = {
    **{getattr(torch, name): name for name in "float16 float32 float64 int8 int16 int32 int64 uint8".split()},
    torch.bfloat16: "V2",  # HDF5 has no such type: two bytes a value, as Keras stores it
}


@dataclass(frozen=True)
class _Late:
    offset: int
    size: int
    value: Any


class LateArrays:
    """The arrays of one file, whose values are written last."""

    def __init__(self) -> None:
        self._arrays: list[_Late] = []

    @contextlib.contextmanager
    def of(self, handle: Any) -> Iterator[None]:
        """Let :func:`late_arrays_of` find these for a new file, inside the scope.

        Args:
            handle: `h5py.File`.
        """
        number = _number(handle)
        _of_files[number] = self
        try:
            yield
        finally:
            del _of_files[number]

    def add(self, group: Any, key: str, value: Any) -> bool:
        """Keep a place for a weight; return False if there is none, so that it has to be written now.

        Args:
            group: `h5py.Group`.
            key: Name in it.
            value: Variable or tensor, which is not changed until the file is complete.
        """
        import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

        tensor = _tensor(value)
        if tensor is None or tensor.numel() < _SMALLEST or tensor.dtype not in _DTYPES:
            return False
        if tensor.layout is not torch.strided or tensor.device.type == "meta":
            return False
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        creation.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        dtype = np.dtype(_DTYPES[tensor.dtype])
        dataset = group.create_dataset(key, shape=tuple(tensor.shape), dtype=dtype, dcpl=creation)
        if tensor.dtype is torch.bfloat16:
            dataset.attrs["dtype"] = "bfloat16"
        self._arrays.append(_Late(dataset.id.get_offset(), tensor.numel() * tensor.element_size(), value))
        return True

    def write_into(self, path: str | os.PathLike[str]) -> None:
        """Write the values into the file, which is closed.

        Raises:
            OSError: they cannot be written, as when the disk is full.
        """
        if not self._arrays:
            return
        with open(path, "rb+") as file:
            for late in self._in_order():
                file.seek(late.offset)
                _write(late.value, file)

    def copy_to(self, path: str | os.PathLike[str], target: IO[bytes]) -> None:
        """Write the whole file with the values somewhere else; there they are not written into the file itself.

        Raises:
            OSError: they cannot be written, as when the disk is full.
        """
        with open(path, "rb") as file:
            for late in self._in_order():
                _copy(file, late.offset - file.tell(), target)
                _write(late.value, target)
                file.seek(late.offset + late.size)
            _copy(file, os.fstat(file.fileno()).st_size - file.tell(), target)

    def _in_order(self) -> list[_Late]:
        return sorted(self._arrays, key=lambda late: late.offset)


_of_files: dict[int, LateArrays] = {}


def late_arrays_of(group: Any) -> LateArrays | None:
    """Return the arrays of the file of a group that are written last; None if it has none of the kind.

    Args:
        group: `h5py.Group`, or what stands for one.
    """
    return _of_files.get(_number(group)) if _of_files and hasattr(group, "id") else None


def _number(group: Any) -> int:
    import h5py  # 0.1 s that only files need

    return int(h5py.h5o.get_info(group.id).fileno)


def _tensor(value: Any) -> torch.Tensor | None:
    found = value.value if isinstance(value, VariableBase) else value
    return found.detach() if type(found) in (torch.Tensor, torch.nn.Parameter) else None


def _copy(file: Any, count: int, target: IO[bytes]) -> None:
    while count > 0:
        block = file.read(min(count, PIECE))
        if not block:
            raise EOFError("the temporary file was cut off")
        target.write(block)
        count -= len(block)


def _write(value: Any, target: Any) -> None:
    tensor = _tensor(value)
    assert tensor is not None
    scratch = [torch.empty(0, dtype=torch.uint8)] * 2
    for piece in pieces(tensor):
        memory = bytes_of(piece)
        if memory is None:
            size = piece.numel() * piece.element_size()
            if len(scratch[0]) < size:
                scratch = [torch.empty(size, dtype=torch.uint8) for _ in scratch]
            rows, turned = (part[:size].view(piece.dtype) for part in scratch)
            if piece.device.type == "cpu" and piece.dim() == 2 and piece.stride(0) == 1:  # twice as fast in two steps
                across = turned.view(piece.shape[1], piece.shape[0]).copy_(piece.t())
                rows.view(piece.shape).copy_(across.t())
            else:
                rows.view(piece.shape).copy_(piece)
            memory = bytes_of(rows)
        target.write(memory)
