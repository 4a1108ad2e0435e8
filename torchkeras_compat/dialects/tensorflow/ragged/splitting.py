"""Strings cut into words, bytes, characters and n-grams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes
from torchkeras_compat.dialects.tensorflow.tensor import wrap

_SPACE = b" \t\n\r\f\v"


def parts_of(input: Any, cut: Callable[[bytes], Sequence[Any]], values: Callable[[list[Any]], Any]) -> Any:
    """Return the parts of each string: a vector for one string, else ragged rows.

    Args:
        input: Strings, which may be ragged.
        cut: Gives the parts of one string.
        values: Makes a tensor of all parts.
    """
    if isinstance(input, RaggedTensor):
        return input.with_flat_values(parts_of(input.flat_values, cut, values))
    array = as_bytes(input)
    pieces = [cut(text) for text in array.reshape(-1)]
    flat = values([part for piece in pieces for part in piece])
    if not array.ndim:
        return flat
    found = RaggedTensor.from_row_lengths(flat, torch.tensor([len(piece) for piece in pieces], dtype=torch.int64))
    for size in reversed(array.shape[1:]):
        found = RaggedTensor.from_uniform_row_length(found, size, len(found) // size if size else 0)
    return found


def texts(parts: list[Any]) -> StringTensor:
    """Return bytes as a vector of strings."""
    found = np.empty(len(parts), object)
    found[:] = parts
    return StringTensor(found)


def split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """Return the parts of strings between separators, as ragged rows.

    Args:
        input: Strings.
        sep: The separator; None or ``""`` for white space, of which any run separates.
        maxsplit: Number of cuts; -1 for all.
        name: Not used.

    Example:
        >>> split(["a b", "c"]).to_list()
        [[b'a', b'b'], [b'c']]
    """
    between = b"" if sep is None else bytes(as_bytes(sep)[()])
    return parts_of(input, lambda text: text.split(between or None, maxsplit), texts)


def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: str | None = None,
) -> Any:
    """Return the parts of strings as TensorFlow 1 does: between any of the characters of ``sep``, a sparse tensor.

    Raises:
        ValueError: ``result_type`` is neither ``"SparseTensor"`` nor ``"RaggedTensor"``.
    """
    if result_type not in ("SparseTensor", "RaggedTensor"):
        raise ValueError(f"result_type must be 'RaggedTensor' or 'SparseTensor'. Received: {result_type!r}")
    given = sep if delimiter is None else delimiter
    marks = bytes(as_bytes(" " if given is None else given)[()])

    def cut(text: bytes) -> list[bytes]:
        if not marks:
            parts = [text[i : i + 1] for i in range(len(text))]
        else:
            parts = text.translate(bytes.maketrans(marks, marks[:1] * len(marks))).split(marks[:1])
        return [part for part in parts if part or not skip_empty]

    found = parts_of(np.atleast_1d(as_bytes(source)), cut, texts)
    return found.to_sparse() if result_type == "SparseTensor" else found


def bytes_split(input: Any, name: str | None = None) -> Any:
    """Return the bytes of strings, as ragged rows of strings of length 1."""
    return parts_of(input, lambda text: [text[i : i + 1] for i in range(len(text))], texts)


def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> Any:
    """Return the runs of ``ngram_width`` neighbours of each row, put together.

    Args:
        data: Words: a vector, a matrix or ragged rows.
        ngram_width: Number of words, or several numbers.
        separator: What stands between them.
        pad_values: A word put before and after each row, or one for each side.
        padding_width: How many of these; None for the width less one.
        preserve_short_sequences: Whether a row that is too short is given as a whole.
        name: Not used.

    Raises:
        InvalidArgumentError: a width is not positive.

    Example:
        >>> ngrams(["a", "b", "c"], 2).numpy().tolist()
        [b'a b', b'b c']
    """
    widths = [int(w) for w in ngram_width] if isinstance(ngram_width, (list, tuple)) else [int(ngram_width)]
    if min(widths) < 1:
        raise InvalidArgumentError(f"`ngram_width` must be positive. Received: {ngram_width}")
    sides = _sides(pad_values)

    def of_row(row: list[bytes]) -> list[bytes]:
        found: list[bytes] = []
        for width in widths:
            padded = _padded(row, sides, width - 1 if padding_width is None else min(width - 1, padding_width))
            runs = [padded[i : i + width] for i in range(len(padded) - width + 1)]
            if preserve_short_sequences and not runs and row:
                runs = [padded] if widths == [width] or not found else []
            found.extend(separator.encode().join(run) for run in runs)
        return found

    if isinstance(data, RaggedTensor):
        if data.ragged_rank > 1:
            return data.with_values(
                ngrams(data.values, ngram_width, separator, pad_values, padding_width, preserve_short_sequences)
            )
        rows = data.to_list()
    else:
        array = as_bytes(data)
        if array.ndim == 1:
            return texts(of_row(array.tolist()))
        rows = array.reshape(-1, array.shape[-1]).tolist()
    pieces = [of_row(row) for row in rows]
    flat = texts([part for piece in pieces for part in piece])
    found = RaggedTensor.from_row_lengths(flat, torch.tensor([len(piece) for piece in pieces], dtype=torch.int64))
    return found if isinstance(data, RaggedTensor) else found.to_tensor()


def _sides(pad_values: Any) -> list[bytes] | None:
    if pad_values is None:
        return None
    both = [pad_values] * 2 if isinstance(pad_values, (str, bytes)) else list(pad_values)
    return [bytes(as_bytes(side)[()]) for side in both]


def _padded(row: list[bytes], sides: list[bytes] | None, count: int) -> list[bytes]:
    return row if sides is None else [sides[0]] * count + row + [sides[1]] * count


def int32s(parts: list[Any]) -> Any:
    """Return integers as a vector of int32."""
    return wrap(torch.tensor(parts, dtype=torch.int32))
