"""Arrays of strings, which stay in host memory and go to the model as they are."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.data.sliced_rows import SlicedRows
from torchkeras_compat.layers.preprocessing.texts import StringArray, texts_in, with_texts


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
    """Return inputs with what holds strings as rows of them, if a layer of the model takes strings.

    Args:
        model: The model that gets them.
        structure: Array, pandas column, nested lists of strings, or lists, tuples and dictionaries of these; anything
            else comes back as it is.
    """
    if type(structure) in (list, tuple):
        first = structure
        while type(first) in (list, tuple) and first:
            first = first[0]
        if isinstance(first, (int, float)):
            return structure  # and not a look at each of the numbers
        leaves = (first,) if isinstance(first, (str, bytes)) else structure
    else:
        leaves = structure.values() if type(structure) is dict else (structure,)
    # The data first: a look at the dtypes costs the same for any number of layers.
    if not any(map(_may_be_texts, leaves)):
        return structure
    if not any(getattr(m, "_takes_strings", False) for m in model.modules()):
        return structure
    return _rows_or_same(_with_categories(model, structure))


def texts_for(model: nn.Module, structure: Any) -> Any:
    """Return one batch of inputs with what holds strings as arrays of them."""
    return with_texts(_with_categories(model, structure))


def _with_categories(model: nn.Module, structure: Any) -> Any:
    """Return inputs with categorical columns as their strings where the model takes these, and not their places."""
    if _is_categorical(structure):
        return structure.astype(object)
    if type(structure) is dict and any(map(_is_categorical, structure.values())):
        inputs: Any = getattr(model, "input", None)
        named = inputs if isinstance(inputs, dict) else {t.name: t for t in getattr(model, "inputs", None) or ()}
        takes = {key for key, symbol in named.items() if getattr(symbol, "dtype", None) == "string"}
        return {k: v.astype(object) if k in takes and _is_categorical(v) else v for k, v in structure.items()}
    return structure


def _is_categorical(leaf: Any) -> bool:
    """Return whether a leaf is a categorical column of strings."""
    if not _is_pandas(leaf) or hasattr(leaf, "columns") or leaf.dtype.name != "category":
        return False
    return leaf.dtype.categories.dtype.kind == "O" or leaf.dtype.categories.dtype.name in ("string", "str")


def _may_be_texts(leaf: Any) -> bool:
    """Return whether the dtype of an array or pandas column, or of one of several columns, is one that texts have."""
    while isinstance(leaf, (list, tuple)) and leaf:
        leaf = leaf[0]
    if isinstance(leaf, np.ndarray):
        return leaf.dtype.kind in "OSUT"
    if isinstance(leaf, dict):
        return any(map(_may_be_texts, leaf.values()))
    if not _is_pandas(leaf):
        return isinstance(leaf, (str, bytes))
    dtypes = leaf.dtypes if hasattr(leaf, "columns") else [leaf.dtype]
    return any(dtype.kind in "OSU" or dtype.name in ("string", "str") for dtype in dtypes)


def _is_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index))


def _rows_or_same(structure: Any) -> Any:
    rows = text_rows(structure)
    if rows is not None:
        return rows
    if type(structure) is dict:
        return {key: _rows_or_same(value) for key, value in structure.items()}
    if type(structure) in (list, tuple):
        return type(structure)(map(_rows_or_same, structure))
    return structure


def text_rows(value: Any) -> TextRows | None:
    """Return an array, pandas column or nested lists of strings as rows of it; None for anything else."""
    texts = texts_in(value)
    return None if texts is None else TextRows(texts)
