"""Strings as layers get them: Python strings, lists, NumPy arrays, pandas columns."""

from __future__ import annotations

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
    if array.dtype.kind in "US":
        array = array.astype(object)
    flat = array.reshape(-1).tolist() if array.dtype == object else [array.dtype]
    kinds = set(map(type, flat))
    if bytes in kinds or np.bytes_ in kinds:
        flat = [_decoded(x, encoding, kind) if isinstance(x, bytes) else x for x in flat]
        kinds = set(map(type, flat))
    if not kinds <= {str, np.str_}:
        found = next(x for x in flat if not isinstance(x, str))
        if isinstance(found, list):
            raise ValueError(
                f"{kind} received nested lists of different lengths. Make them equal, or join the strings."
            )
        name = found if isinstance(found, np.dtype) else type(found).__name__
        raise TypeError(f"{kind} takes strings. Received values of type {name}; `str(value)` makes a string of one.")
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(array.shape)


def holds_texts(inputs: Any) -> bool:
    """Return whether the first value in nested lists or an array is a string; False where there is none."""
    if isinstance(inputs, (str, bytes)):
        return True
    if isinstance(inputs, (list, tuple)):
        return bool(inputs) and holds_texts(inputs[0])
    if isinstance(inputs, torch.Tensor) or not _is_array(inputs):
        return False
    array = np.asarray(inputs)
    return array.dtype.kind in "USO" and (array.dtype.kind != "O" or holds_texts(array.reshape(-1).tolist()[:1]))


def _is_array(x: Any) -> bool:
    return hasattr(x, "__array__")


def _decoded(x: bytes, encoding: str, kind: str) -> str:
    try:
        return x.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{kind} received bytes that are not text in {encoding}: {error}.") from error
