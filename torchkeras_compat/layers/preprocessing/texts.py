"""Strings as layers get them: Python strings, lists, NumPy arrays, pandas columns."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

Texts = npt.NDArray[np.object_]


class StringArray(np.ndarray[Any, Any]):
    """An array of Python strings with the methods of a tensor that notes call on a batch of texts.

    Example:
        >>> texts = StringArray(["a", "b"])
        >>> texts.shape, texts.numpy().tolist()
        ((2,), ['a', 'b'])
    """

    def __new__(cls, texts: Any) -> StringArray:
        return np.asarray(texts, dtype=object).view(cls)

    def numpy(self) -> Texts:
        """Return the strings as a plain array of objects."""
        return self.view(np.ndarray)


def as_texts(inputs: Any, kind: str, encoding: str = "utf-8") -> Texts:
    """Return strings as an array of Python strings.

    Args:
        inputs: A string, or (nested) lists, arrays and pandas columns of strings or bytes.
        kind: The layer that asks, for messages.
        encoding: How bytes become strings.

    Raises:
        TypeError: something else is among them.
        ValueError: nested lists whose lengths differ, or bytes that are not text in the encoding.

    Example:
        >>> as_texts([["a"], [b"b"]], "StringLookup").tolist()
        [['a'], ['b']]
    """
    if isinstance(inputs, torch.Tensor):
        raise TypeError(f"{kind} takes strings. Received a tensor of dtype {inputs.dtype}.")
    try:
        array = np.asarray(inputs) if _is_array(inputs) else np.array(inputs, dtype=object)
    except ValueError as error:
        raise ValueError(f"{kind} received nested lists of different lengths: {error}.") from error
    if array.dtype.kind in "UST":
        array = array.astype(object)
    flat = array.reshape(-1).tolist() if array.dtype == object else [array.dtype]
    kinds = set(map(type, flat))
    if kinds <= {str, np.str_}:
        return array.view(np.ndarray)
    if bytes in kinds or np.bytes_ in kinds:
        flat = [_decoded(x, encoding, kind) if isinstance(x, bytes) else x for x in flat]
    found = next((x for x in flat if not isinstance(x, str)), None)
    if found is not None or None in flat:
        raise _refusal(kind, found)
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(array.shape)


def _refusal(kind: str, found: Any) -> Exception:
    if isinstance(found, list):
        return ValueError(f"{kind} received nested lists of different lengths. Make them equal, or join the strings.")
    if _is_missing(found):
        return TypeError(
            f"{kind} takes strings. Received a missing value, {found!r}, among them: fill it, as with "
            "`column.fillna('')`, or drop the sample."
        )
    name = found if isinstance(found, np.dtype) else type(found).__name__
    return TypeError(f"{kind} takes strings. Received values of type {name}; `str(value)` makes a string of one.")


def _is_missing(x: Any) -> bool:
    return x is None or type(x).__name__ == "NAType" or (isinstance(x, float) and x != x)


def texts_in(value: Any) -> Texts | None:
    """Return nested lists, an array or a pandas column of strings as an array of them; None for anything else.

    A column becomes one of shape ``(rows, 1)``, as numbers do.

    Raises:
        TypeError: values are missing among the strings, or other values stand in a list of them.
        ValueError: nested lists whose lengths differ.

    Example:
        >>> texts_in([["a"], ["b"]]).shape, texts_in(np.zeros(2)) is None
        ((2, 1), True)
    """
    if isinstance(value, (list, tuple)):
        return as_texts(value, "x") if holds_texts(value) else None
    is_pandas = _is_pandas(value)
    if not is_pandas and not isinstance(value, np.ndarray):
        return None
    if is_pandas and getattr(value, "dtype", None) is not None and value.dtype.name == "category":
        return None  # whose numbers count
    array = value.to_numpy(dtype=object) if is_pandas else value
    if array.dtype.kind == "O":
        flat = array.reshape(-1).tolist()
        is_text = [isinstance(x, (str, bytes)) for x in flat]
        if not any(is_text) or not all(t or _is_missing(x) for t, x in zip(is_text, flat, strict=True)):
            return None
    elif array.dtype.kind not in "SUT":
        return None
    texts = as_texts(array, "x")
    return texts[:, None] if is_pandas and texts.ndim == 1 else texts


def with_texts(structure: Any) -> Any:
    """Return inputs with what holds strings in nested lists, tuples and dictionaries as arrays of them.

    Example:
        >>> with_texts({"a": ["x", "y"], "b": [1, 2]})["a"].shape
        (2,)
    """
    texts = texts_in(structure)
    if texts is not None:
        return StringArray(texts)
    if isinstance(structure, dict):
        return {key: with_texts(value) for key, value in structure.items()}
    if type(structure) in (list, tuple):
        return type(structure)(map(with_texts, structure))
    return structure


def _is_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index))


def holds_texts(inputs: Any) -> bool:
    """Return whether the first value in nested lists or an array is a string; False where there is none."""
    if isinstance(inputs, (str, bytes)):
        return True
    if isinstance(inputs, (list, tuple)):
        return bool(inputs) and holds_texts(inputs[0])
    if isinstance(inputs, torch.Tensor) or not _is_array(inputs):
        return False
    array = np.asarray(inputs)
    return array.dtype.kind in "USOT" and (array.dtype.kind != "O" or holds_texts(array.reshape(-1).tolist()[:1]))


def _is_array(x: Any) -> bool:
    return hasattr(x, "__array__")


def _decoded(x: bytes, encoding: str, kind: str) -> str:
    try:
        return x.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{kind} received bytes that are not text in {encoding}: {error}.") from error
