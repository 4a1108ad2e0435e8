"""A table as text, as numbers: separators, words, empty cells."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from torchkeras_compat.errors import FileContentError

_LARGEST = float(np.finfo("float32").max)
EMPTY = frozenset(("", "nan", "na", "n/a", "null", "none", "?", "-"))
MOST_WORDS = 50  # different words of a column that become columns of their own; one with more is left out
_SEPARATORS = ",;\t|"


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a table as text, with whatever separates its columns.

    A first row of numbers is not a header: columns are then called ``"0"``, ``"1"``, ... Columns are separated by
    commas, semicolons, tabs, bars, or blanks.

    Raises:
        FileContentError: the file is not text in UTF-8, or a row has more or fewer cells than the header.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = [line for line in text.splitlines() if line.strip()]
        separator = _separator(lines[:20])
        reader = (line.split() for line in lines) if separator is None else csv.reader(lines, delimiter=separator)
        rows = [[cell.strip() for cell in row] for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileContentError(f"{path} is not a table as UTF-8 text ({error}). Save it as CSV again.") from error
    if not rows:
        return [], []
    has_header = not all(is_number(cell) for cell in rows[0])
    header = rows[0] if has_header else [str(i) for i in range(len(rows[0]))]
    rows = rows[1:] if has_header else rows
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise FileContentError(
                f"{path}, row {number}: {len(row)} values, but the header names {len(header)} columns."
            )
    return header, rows


def _separator(lines: Sequence[str]) -> str | None:
    """What separates the columns of a table: what all lines have equally often; None for blanks."""
    for separator in _SEPARATORS:
        counts = {len(row) for row in csv.reader(lines, delimiter=separator)}
        if len(counts) == 1 and counts != {1} and counts:
            return separator
    most = max(_SEPARATORS, key=lambda s: lines[0].count(s) if lines else 0)
    if lines and most in lines[0]:
        return most
    return None if lines and len(lines[0].split()) > 1 and {len(line.split()) for line in lines} != {1} else ","


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number; a decimal comma counts.

    Example:
        >>> is_number("1,5"), is_number("warm")
        (True, False)
    """
    try:
        float(cell.replace(",", ".", 1))
    except ValueError:
        return False
    return True


def column_as_numbers(
    cells: Sequence[str], where: str, name: str, largest: float = _LARGEST
) -> tuple[np.ndarray, list[str], str]:
    """Return a column as one or several columns of numbers, their names, and what was done, for a description.

    Numbers stay as they are, with the median in empty cells. Words become a column for each of them, 1.0 where the word
    stands. A column of too many words is left out.

    Args:
        cells: Its text.
        where: The file, for messages.
        name: Name of the column.
        largest: Largest number.

    Returns:
        ``(rows, columns)`` float32, names of the columns, and a few words, or an empty string.

    Raises:
        FileContentError: most cells are numbers and one is a word, or not finite.
    """
    empty = [cell.lower() in EMPTY for cell in cells]
    numbers = [not gone and is_number(cell) for cell, gone in zip(cells, empty)]
    if 2 * sum(numbers) > len(cells) - sum(empty):
        values = np.zeros((len(cells), 1), dtype="float32")
        for row, cell in enumerate(cells):
            if not empty[row]:
                values[row, 0] = _finite(cell, where, row + 1, name, largest)
        if any(empty):
            values[empty, 0] = np.median(values[~np.array(empty), 0])
            return values, [name], f"{name}: {sum(empty)} empty cells have the median"
        return values, [name], ""
    words = sorted(set(cells))
    if len(words) > MOST_WORDS:
        return np.empty((len(cells), 0), "float32"), [], f"{name} is left out, it has {len(words):,} different words"
    if all(empty):
        return np.empty((len(cells), 0), "float32"), [], f"{name} is left out, it is empty"
    index = {word: i for i, word in enumerate(words)}
    values = np.zeros((len(cells), len(words)), dtype="float32")
    values[np.arange(len(cells)), [index[cell] for cell in cells]] = 1.0
    return values, [f"{name}={word}" for word in words], f"{name}: a column for each of {len(words)} words"


def _finite(cell: str, where: str, row: int, name: str, largest: float) -> float:
    value = float(cell.replace(",", ".", 1)) if is_number(cell) else float("nan")
    if not abs(value) <= largest:
        raise FileContentError(
            f"{where}, row {row}: column {name!r} holds {cell[:80]!r}, which is not a finite number. "
            "Replace it, or take the column out."
        )
    return value
