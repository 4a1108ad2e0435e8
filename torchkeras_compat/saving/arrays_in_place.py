"""Arrays of files that go straight into the memory of weights, without a copy between the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from torchkeras_compat.saving.file_parts import FilePart, Reading
from torchkeras_compat.saving.h5_checks import is_bfloat16
from torchkeras_compat.saving.open_h5 import part_of
from torchkeras_compat.saving.pieces import PIECE, bytes_of, pieces
from torchkeras_compat.variables import Variable

# What torch and the file mean alike, bit for bit.
_DTYPES = {
    np.dtype(name): getattr(torch, name)
    for name in "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
}
_SMALLEST = 256  # bytes; HDF5 reads less as quickly
_CONTIGUOUS = 1  # HDF5's own number


@dataclass(frozen=True)
class Place:
    """Where the values of an array lie.

    Args:
        part: File.
        offset: Where in it they begin.
        dtype: What they are.
        size: Their bytes.
    """

    part: FilePart
    offset: int
    dtype: torch.dtype
    size: int


@dataclass(frozen=True)
class Delivery:
    """An array, and the tensor in its layout that gets its values.

    Args:
        place: Where they come from.
        target: Where they go.
    """

    place: Place
    target: torch.Tensor


def delivery(dataset: Any, target: Any) -> Delivery | None:
    """Return how a dataset gets into a variable or tensor without a copy between; None if it has to be read by HDF5.

    Args:
        dataset: `h5py.Dataset`, checked, see `child`; of the shape of the target.
        target: `Variable` or tensor.
    """
    place = place_of(dataset)
    tensor = None if place is None else _memory(target)
    if place is None or tensor is None or tuple(tensor.shape) != tuple(dataset.shape):
        return None
    return Delivery(place, tensor)


def place_of(dataset: Any) -> Place | None:
    """Return where the values of a dataset lie, as they are, in one row, within its file; None if they do not.

    Args:
        dataset: `h5py.Dataset`, checked, see `child`.
    """
    import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

    part = part_of(dataset)
    dtype = torch.bfloat16 if is_bfloat16(dataset) else _DTYPES.get(dataset.dtype) if dataset.dtype.isnative else None
    if part is None or dtype is None or not dataset.shape:
        return None
    size = int(np.prod(dataset.shape, dtype=object)) * dtype.itemsize
    if size < _SMALLEST or dataset.id.get_create_plist().get_layout() != _CONTIGUOUS:
        return None
    if not dataset.id.get_type().equal(h5py.h5t.py_create(dataset.dtype)):  # numbers of as many bytes, but other bits
        return None
    offset = dataset.id.get_offset()
    if offset is None or offset < 0 or offset + size > part.size or dataset.id.get_storage_size() != size:
        return None
    return Place(part, offset, dtype, size)


def _memory(target: Any) -> torch.Tensor | None:
    """The memory of a variable or tensor, in Keras's layout; None if its values are set in another way."""
    if not isinstance(target, Variable):
        return target.detach() if type(target) in _PLAIN and target.layout is torch.strided else None
    kind = type(target)
    if (kind.assign, kind._write) != (Variable.assign, Variable._write) or not target._layout.is_view:
        return None
    tensors = target._stored()
    if tensors is None or len(tensors) != 1 or type(tensors[0]) not in _PLAIN or tensors[0].layout is not torch.strided:
        return None
    own = tensors[0].detach()
    if own.device.type == "meta" or own.is_complex():
        return None
    seen = target._layout.to_keras(own)
    is_view = seen.untyped_storage().data_ptr() == own.untyped_storage().data_ptr() and seen.numel() == own.numel()
    return seen if is_view else None


_PLAIN = (torch.Tensor, torch.nn.Parameter)


def check(deliveries: Iterable[Delivery]) -> None:
    """Read everything once before anything is changed.

    Raises:
        FileContentError: a file was shortened, or its bytes are not those that were written.
        OSError: it cannot be read.
    """
    scratch = memoryview(bytearray(PIECE))
    for part, own in _by_part(deliveries):
        part.check()
        for found in own if not part.is_checked else ():
            for start in range(0, found.place.size, PIECE):
                block = scratch[: min(PIECE, found.place.size - start)]
                part.read_exactly(found.place.offset + start, block)


def deliver(deliveries: Iterable[Delivery]) -> None:
    """Read the arrays into the tensors, each file from its beginning to its end.

    Raises:
        FileContentError: a file was shortened since it was checked, or its bytes are not those that were written.
        OSError: it cannot be read.
    """
    scratch = torch.empty(0, dtype=torch.uint8)
    for part, own in _by_part(deliveries):
        reading = Reading(part)
        for found in own:
            offset = found.place.offset
            for piece in pieces(found.target):
                size = piece.numel() * found.place.dtype.itemsize
                memory = bytes_of(piece) if piece.dtype == found.place.dtype else None
                if memory is not None:
                    reading.into(offset, memory)
                else:
                    scratch = scratch if len(scratch) >= size else torch.empty(size, dtype=torch.uint8)
                    reading.into(offset, _bytes(scratch)[:size])
                    piece.copy_(scratch[:size].view(found.place.dtype).view(piece.shape))
                offset += size
            if not found.target.is_inference():
                torch.autograd.graph.increment_version(found.target)  # as an assignment would
        reading.finish()


def _bytes(scratch: torch.Tensor) -> memoryview:
    array: Any = scratch.numpy()
    return memoryview(array)


def _by_part(deliveries: Iterable[Delivery]) -> list[tuple[FilePart, list[Delivery]]]:
    found: dict[int, tuple[FilePart, list[Delivery]]] = {}
    for one in deliveries:
        found.setdefault(id(one.place.part), (one.place.part, []))[1].append(one)
    for _, own in found.values():
        own.sort(key=lambda one: one.place.offset)
    return list(found.values())
