"""Brackets and commas that published code lacks: put where the rest of the block becomes Python."""

from __future__ import annotations

import ast
import re
import warnings

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_FURTHEST = 20  # lines behind an open bracket


def is_python(text: str) -> bool:
    """Return whether text can be parsed.

    Example:
        >>> is_python("x = 1"), is_python("x = = 1")
        (True, False)
    """
    return _error(text) is None


def with_closed_brackets(text: str) -> tuple[str, tuple[int, str]] | None:
    """Return code with one missing bracket or comma, or one bracket too many, repaired, and a notice.

    A repair is taken only if all of the code is Python then; else None.

    Args:
        text: Code that is not Python.

    Example:
        >>> with_closed_brackets("f(g(1)\\nh(2)")
        ('f(g(1))\\nh(2)', (0, 'repaired, a bracket is not closed: f(g(1))'))
    """
    error = _error(text)
    if error is None or not error.lineno:
        return None
    lines = text.split("\n")
    message, number = str(error.msg), error.lineno - 1
    if number >= len(lines):
        return None
    if "was never closed" in message or "forgot a comma" in message or "does not match" in message:
        found = _closed(lines, number if "closed" in message else _start(lines, number))
        if found is not None:
            return found
    if "forgot a comma" in message:
        for place in (number, number - 1):
            if place >= 0:
                changed = [*lines[:place], f"{lines[place].rstrip()},", *lines[place + 1 :]]
                if is_python("\n".join(changed)):
                    return "\n".join(changed), (place, f"repaired, a comma is missing: {changed[place].strip()}")
    if message.startswith("unmatched") and error.offset:
        line = lines[number]
        changed = [*lines[:number], line[: error.offset - 1] + line[error.offset :], *lines[number + 1 :]]
        if is_python("\n".join(changed)):
            return "\n".join(changed), (number, f"repaired, a bracket too many: {changed[number].strip()}")
    return None


def _error(text: str) -> SyntaxError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd literals, which the compiler reports with the right line
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError) as error:
            return SyntaxError(str(error))
    return None


def _start(lines: list[str], number: int) -> int:
    """The line at which the brackets that are open at a line were opened."""
    while number > 0 and _open(lines[number - 1 : number]) == "" and lines[number].startswith((" ", "\t")):
        number -= 1
    return max(number - 1, 0) if number and _open([lines[number - 1]]) else number


def _closed(lines: list[str], first: int) -> tuple[str, tuple[int, str]] | None:
    for last in range(first, min(first + _FURTHEST, len(lines))):
        missing = _open(lines[first : last + 1])
        if not missing:
            continue
        closing = "".join(_CLOSING[c] for c in reversed(missing))
        code, mark, comment = lines[last].partition("#")
        changed = [*lines[:last], f"{code.rstrip()}{closing}{'  ' + mark if mark else ''}{comment}", *lines[last + 1 :]]
        if is_python("\n".join(changed)):
            return "\n".join(changed), (last, f"repaired, a bracket is not closed: {changed[last].strip()}")
    return None


def _open(lines: list[str]) -> str:
    """The brackets that lines open and do not close."""
    text = "\n".join(re.sub(r"#.*", "", re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", line)) for line in lines)
    stack: list[str] = []
    for character in text:
        if character in _CLOSING:
            stack.append(character)
        elif character in ")]}" and stack:
            stack.pop()
    return "".join(stack)
