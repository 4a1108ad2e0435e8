"""Regular expressions in the syntax of RE2, as `tf.strings` takes them."""

from __future__ import annotations

import functools
import re
import warnings
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.strings.flat_values import of_flat_values
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes, counted, mapped

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


@functools.lru_cache(maxsize=256)
def compiled(pattern: bytes) -> re.Pattern[str]:
    """Return a pattern of RE2 as one of Python.

    Raises:
        InvalidArgumentError: it is not a regular expression, or uses what Python's lack.

    Example:
        >>> compiled(b"[[:digit:]]+").sub("#", "a12")
        'a#'
    """
    text = pattern.decode("utf-8", "surrogateescape")
    text = re.sub(r"\[:(\^?)(\w+):\]", _posix_class, text)
    text = text.replace(r"\z", r"\Z").replace(r"\pN", r"\d").replace(r"\C", "(?s:.)")
    text = re.sub(r"\\Q(.*?)(?:\\E|$)", lambda found: re.escape(found[1]), text)
    flags = re.match(r"\(\?[imsU]+\)", text)
    if flags and "U" in flags[0]:
        raise InvalidArgumentError(f"The flag U of {text!r} is not supported. Write `*?` for the shortest match.")
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of "[[", which means itself
            return re.compile(text, re.ASCII)
    except re.error as error:
        raise InvalidArgumentError(f"Invalid pattern: {text!r}: {error}") from error


def _posix_class(found: re.Match[str]) -> str:
    if found[2] not in _CLASSES or found[1]:
        raise InvalidArgumentError(f"Invalid character class: {found[0]}. Known are {', '.join(_CLASSES)}.")
    return _CLASSES[found[2]]


def _pattern(pattern: Any) -> re.Pattern[str]:
    array = as_bytes(pattern)
    if array.ndim:
        raise InvalidArgumentError(f"A pattern must be one string. Received shape {array.shape}.")
    return compiled(bytes(array[()]))


@of_flat_values
def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> StringTensor:
    r"""Return the strings with matches of a pattern replaced.

    Args:
        input: Strings.
        pattern: In RE2's syntax.
        rewrite: What to put; ``\1`` is the first group, ``\0`` the match.
        replace_global: Whether to replace all matches, not only the first.
        name: Not used.

    Raises:
        InvalidArgumentError: the pattern is not one, or ``rewrite`` names a group that it lacks.

    Example:
        >>> regex_replace(["a1b2"], "[0-9]", "#").numpy().tolist()
        [b'a#b#']
    """
    expression = _pattern(pattern)
    template = bytes(as_bytes(rewrite)[()]).decode("utf-8", "surrogateescape")
    groups = [int(digit) for digit in re.findall(r"\\(\d)", template.replace("\\\\", ""))]
    if max(groups, default=0) > expression.groups:
        raise InvalidArgumentError(f"Invalid rewrite: {template!r} names group {max(groups)} of {expression.groups}.")

    def put(found: re.Match[str]) -> str:
        return re.sub(r"\\(\d|\\)", lambda r: "\\" if r[1] == "\\" else found[int(r[1])] or "", template)

    def replaced(text: bytes) -> bytes:
        decoded = text.decode("utf-8", "surrogateescape")
        return expression.sub(put, decoded, 0 if replace_global else 1).encode("utf-8", "surrogateescape")

    return mapped(replaced, input)


@of_flat_values
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Any:
    """Return whether each string as a whole matches a pattern.

    Raises:
        InvalidArgumentError: the pattern is not one.
    """
    expression = _pattern(pattern)
    return counted(
        lambda text: expression.fullmatch(text.decode("utf-8", "surrogateescape")) is not None, input, torch.bool
    )
