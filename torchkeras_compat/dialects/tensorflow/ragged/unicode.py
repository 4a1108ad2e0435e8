"""Strings as Unicode characters, in several encodings."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras_compat.dialects.tensorflow.ragged.splitting import int32s, parts_of, texts
from torchkeras_compat.dialects.tensorflow.strings.flat_values import of_flat_values
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, mapped
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap

_ENCODINGS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
_OTHERS = {
    "US-ASCII": "ascii",
    "ASCII": "ascii",
    "ISO-8859-1": "latin-1",
    "LATIN1": "latin-1",
    "SHIFT-JIS": "shift_jis",
}


def _codec(name: str, known: dict[str, str]) -> str:
    if name.upper() not in known:
        raise InvalidArgumentError(f"Encoding must be one of {', '.join(known)}. Received: {name!r}")
    return known[name.upper()]


def _characters(text: bytes, encoding: str, errors: str, replacement: int, controls: bool) -> list[tuple[int, int]]:
    """The code points of a text, and the byte at which each begins."""
    if errors not in ("strict", "replace", "ignore"):
        raise ValueError(f"Argument `errors` must be 'strict', 'replace' or 'ignore'. Received: {errors!r}")
    codec = _codec(encoding, {**_ENCODINGS, **_OTHERS})
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        try:
            part, bad = text[start:].decode(codec), 0
        except UnicodeDecodeError as error:
            if errors == "strict":
                raise InvalidArgumentError(f"Invalid formatting on input string: {error}") from error
            part, bad = text[start : start + error.start].decode(codec), error.end - error.start
        for character in part:
            point = ord(character)
            hidden = controls and ((point < 0x20 and character not in "\t\n\r") or 0x7F <= point < 0xA0)
            found.append((replacement if hidden else point, start))
            start += len(character.encode(codec))
        if bad:
            if errors == "replace":
                found.append((replacement, start))
            start += bad
    return found


@of_flat_values
def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Any:
    """Return the code points of strings, as ragged rows of int32.

    Args:
        input: Strings.
        input_encoding: ``"UTF-8"``, ``"UTF-16-BE"``, ``"UTF-32-BE"``, ...
        errors: What to do with bytes that are not a character: ``"replace"``, ``"ignore"`` or ``"strict"``.
        replacement_char: What stands for them.
        replace_control_characters: Whether it stands for control characters too.
        name: Not used.

    Raises:
        InvalidArgumentError: the encoding is unknown, or with ``"strict"`` bytes are not a character.

    Example:
        >>> unicode_decode("aé", "UTF-8").numpy().tolist()
        [97, 233]
    """
    read = functools.partial(
        _characters,
        encoding=input_encoding,
        errors=errors,
        replacement=replacement_char,
        controls=replace_control_characters,
    )
    return parts_of(input, lambda text: [point for point, _ in read(text)], int32s)


def unicode_decode_with_offsets(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> tuple[Any, Any]:
    """Return the code points of strings, and the byte at which each begins, as int64; see :func:`unicode_decode`."""
    points = unicode_decode(input, input_encoding, errors, replacement_char, replace_control_characters)
    return points, _offsets(input, input_encoding, errors, replacement_char)


def _offsets(input: Any, encoding: str, errors: str, replacement: int) -> Any:
    return parts_of(
        input,
        lambda text: [start for _, start in _characters(text, encoding, errors, replacement, False)],
        lambda parts: wrap(torch.tensor(parts, dtype=torch.int64)),
    )


@of_flat_values
def unicode_split(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """Return the characters of strings, as ragged rows of strings; see :func:`unicode_decode`."""
    codec = _codec(input_encoding, _ENCODINGS)
    return parts_of(
        input,
        lambda text: [
            chr(point).encode(codec) for point, _ in _characters(text, input_encoding, errors, replacement_char, False)
        ],
        texts,
    )


def unicode_split_with_offsets(
    input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> tuple[Any, Any]:
    """Return the characters of strings, and the byte at which each begins, as int64."""
    return (
        unicode_split(input, input_encoding, errors, replacement_char),
        _offsets(input, input_encoding, errors, replacement_char),
    )


def unicode_encode(
    input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533, name: str | None = None
) -> Any:
    """Return the strings of which the last axis holds the code points.

    Raises:
        InvalidArgumentError: the encoding is unknown, or with ``errors="strict"`` a number is not a code point.
    """
    codec = _codec(output_encoding, _ENCODINGS)

    def encoded(points: list[int]) -> bytes:
        characters = []
        for point in points:
            if not 0 <= point < 0x110000 or 0xD800 <= point < 0xE000:
                if errors == "strict":
                    raise InvalidArgumentError(f"Code point is invalid for Unicode, or a noncharacter: {point}")
                if errors == "ignore":
                    continue
                point = replacement_char
            characters.append(chr(point))
        return "".join(characters).encode(codec)

    if isinstance(input, RaggedTensor):
        if input.ragged_rank > 1:
            return input.with_values(unicode_encode(input.values, output_encoding, errors, replacement_char))
        return texts([encoded(row) for row in input.to_list()])
    array = np.asarray(unwrap(input).cpu() if isinstance(input, torch.Tensor) else input)
    if array.ndim == 1:
        return StringTensor(encoded(array.tolist()))
    found = [encoded(row) for row in array.reshape(-1, array.shape[-1]).tolist()]
    return StringTensor(texts(found).numpy().reshape(array.shape[:-1]))


@of_flat_values
def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> StringTensor:
    """Return the strings in another encoding; see :func:`unicode_decode`."""
    codec = _codec(output_encoding, _ENCODINGS)
    return mapped(
        lambda text: "".join(
            chr(point)
            for point, _ in _characters(text, input_encoding, errors, replacement_char, replace_control_characters)
        ).encode(codec),
        input,
    )
