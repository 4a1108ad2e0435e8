"""Arrays of strings, which stay in host memory and go to the model as they are."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.data.sliced_rows import SlicedRows
from torchkeras_compat.layers.preprocessing.texts import StringArray, as_texts


class TextRows(SlicedRows):
    """Rows of an array of strings.

    Args:
        source: Array of strings.

    Example:
        >>> rows = TextRows(np.array(["a", "b", "c"], object))
        >>> rows.read(1, 3).tolist(), rows.gather(torch.tensor([2, 0])).tolist()
        (['b', 'c'], ['c', 'a'])
    """

    def __init__(self, source: np.ndarray) -> None:
        self.source = source
        self.shape = source.shape

    def part(self, start: int, stop: int) -> TextRows:
        """Return the rows from ``start`` to before ``stop``."""
        return TextRows(self.source[start:stop])

    def read(self, start: int, stop: int) -> Any:
        """Return neighbouring rows."""
        return StringArray(self.source[start:stop])

    def gather(self, indices: torch.Tensor) -> Any:
        """Return the rows at ``indices`` in that order."""
        return StringArray(self.source[indices.numpy()])


def with_text_rows(model: nn.Module, structure: Any) -> Any:
    """Return inputs with the arrays of strings as rows of them, if a layer of the model takes strings.

    Args:
        model: The model that gets them.
        structure: Array, or nested lists, tuples and dictionaries of arrays; anything else comes back as it is.
    """
    leaves = structure if type(structure) in (list, tuple) else structure.values() if type(structure) is dict else None
    # The data first: a look at the dtypes costs the same for any number of layers.
    if not (_may_be_texts(structure) if leaves is None else any(map(_may_be_texts, leaves))):
        return structure
    if not any(getattr(m, "_takes_strings", False) for m in model.modules()):
        return structure
    if type(structure) in (list, tuple):
        return type(structure)(_text_rows_or_same(leaf) for leaf in structure)
    if type(structure) is dict:
        return {key: _text_rows_or_same(leaf) for key, leaf in structure.items()}
    return _text_rows_or_same(structure)


def _may_be_texts(leaf: Any) -> bool:
    """Return whether the dtype of an array or pandas column, or of one of several columns, is one that texts have."""
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "OSU"
    if not _is_pandas(leaf):
        return False
    dtypes = leaf.dtypes if hasattr(leaf, "columns") else [leaf.dtype]
    return any(dtype.kind in "OSU" or dtype.name in ("string", "str") for dtype in dtypes)


def _is_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index))


def _text_rows_or_same(leaf: Any) -> Any:
    texts = text_rows(leaf)
    return leaf if texts is None else texts


def text_rows(value: Any) -> TextRows | None:
    """Return an array or pandas column of strings as rows of it; None for anything else."""
    is_pandas = _is_pandas(value)
    if not is_pandas and not isinstance(value, np.ndarray):
        return None
    if is_pandas and getattr(value, "dtype", None) is not None and value.dtype.name == "category":
        return None  # whose numbers count
    array = value.to_numpy(dtype=object) if is_pandas else value
    if array.dtype.kind == "O":
        if not array.size or not all(isinstance(x, str) for x in array.reshape(-1).tolist()):
            return None
    elif array.dtype.kind not in "SU":
        return None
    texts = as_texts(array, "x")
    return TextRows(texts[:, None] if is_pandas and texts.ndim == 1 else texts)
