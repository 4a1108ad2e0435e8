"""Arrays that stay where they are, on disk or sparse, and are read a batch at a time."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import to_torch_dtype


class SlicedRows:
    """Rows of a memory-mapped array, an h5py dataset or a scipy sparse matrix, read when they are asked for.

    Args:
        source: What is sliced; it is never read whole.
        dtype: The torch dtype of what is handed out; None for the dtype that the data adapters give to such an array.
        start: First row that belongs to it.
        stop: Row after the last, None for the end.

    Example:
        >>> rows = SlicedRows(np.arange(10.0).reshape(5, 2), start=1)
        >>> rows.shape, rows.read(0, 2)
        ((4, 2), tensor([[2., 3.],
                [4., 5.]]))
    """

    def __init__(self, source: Any, dtype: torch.dtype | None = None, start: int = 0, stop: int | None = None) -> None:
        self.source = source.tocsr() if hasattr(source, "tocsr") else source
        self.dtype = dtype or batch_dtype(np.dtype(source.dtype))
        self.start = start
        self.stop = source.shape[0] if stop is None else stop
        self.shape = (self.stop - self.start, *source.shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def part(self, start: int, stop: int) -> SlicedRows:
        """Return the rows from ``start`` to before ``stop``, still unread."""
        return SlicedRows(self.source, self.dtype, self.start + start, self.start + stop)

    def read(self, start: int, stop: int) -> torch.Tensor:
        """Return neighbouring rows as a tensor of their own on the CPU."""
        return self._tensor(self.source[self.start + start : self.start + stop])

    def gather(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the rows at ``indices`` in that order, on the CPU."""
        places = indices.numpy() + self.start
        order = np.argsort(places, kind="stable")  # h5py reads in increasing order only, and a disk prefers it
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        return self._tensor(self.source[places[order]])[torch.from_numpy(ranks)]

    def _tensor(self, rows: Any) -> torch.Tensor:
        array = rows.toarray() if hasattr(rows, "toarray") else np.array(rows)
        return tensor_of(array).to(self.dtype)


def is_sliced(value: Any) -> bool:
    """Return whether ``value`` is a memory-mapped array, an h5py dataset or a scipy sparse matrix.

    So is what says so by the class attribute ``reads_rows``, and has ``shape``, ``dtype`` and rows by slice and by
    increasing array of places. Libraries that were never imported are not asked.
    """
    if isinstance(value, (np.memmap, SlicedRows)) or getattr(type(value), "reads_rows", False) is True:
        return True
    h5py = sys.modules.get("h5py")
    if h5py is not None and isinstance(value, h5py.Dataset):
        return True
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def batch_dtype(dtype: np.dtype | torch.dtype) -> torch.dtype:
    """Return the dtype in which an array of ``dtype`` is fed: floats as ``floatx``, all else as it is.

    Unsigned integers that torch hardly computes with become the next wider signed ones (uint16: int32).

    Source: what Keras 3.15 hands to ``train_step`` on torch.
    """
    if isinstance(dtype, torch.dtype):
        if dtype.is_floating_point:
            return to_torch_dtype(None)
        return {torch.uint16: torch.int32, torch.uint32: torch.int64, torch.uint64: torch.int64}.get(dtype, dtype)
    if dtype.kind == "f" or dtype.name == "bfloat16":
        return to_torch_dtype(None)
    return {"uint16": torch.int32, "uint32": torch.int64, "uint64": torch.int64}.get(dtype.name) or to_torch_dtype(
        dtype.name
    )


def tensor_of(array: np.ndarray) -> torch.Tensor:
    """Return a CPU tensor that shares the memory of ``array`` where torch can."""
    if array.dtype.name in ("uint16", "uint32", "uint64"):
        array = array.astype({"uint16": "int32"}.get(array.dtype.name, "int64"))
    elif array.dtype.byteorder == ">" or array.dtype.name in ("float128", "longdouble"):
        array = array.astype("float64" if array.dtype.kind == "f" else array.dtype.newbyteorder("="))
    elif array.dtype.name == "bfloat16":
        array = array.astype("float32")
    if not array.flags.writeable or any(stride < 0 for stride in array.strides):
        array = array.copy()  # torch shares neither read-only memory nor negative strides
    return torch.from_numpy(array)
