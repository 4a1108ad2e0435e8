"""A table drawn with box characters, its columns at given places of the line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """Title and alignment (``"left"``, ``"right"``, ``"center"``) of a column."""

    title: str
    align: str = "left"


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, positions: Sequence[float]) -> str:
    """Return the table as text.

    Args:
        columns: The columns.
        rows: Texts of the cells; what is too wide goes on in the next line, a word that is too wide is cut.
        width: Characters of a line.
        positions: Where each column ends, as a fraction of the width, or as a number of characters.

    Example:
        >>> print(table([Column("a"), Column("b", "right")], [["x", "1"]], 20, [0.5, 1.0]))
        ┏━━━━━━━━┳━━━━━━━━━┓
        ┃ a      ┃       b ┃
        ┡━━━━━━━━╇━━━━━━━━━┩
        │ x      │       1 │
        └────────┴─────────┘
    """
    widths = column_widths(width, positions[: len(columns)])
    lines = [_rule("┏┳┓", "━", widths)]
    lines.append(_line([_cut(c.title, w) for c, w in zip(columns, widths)], columns, widths, "┃"))
    lines.append(_rule("┡╇┩", "━", widths))
    for i, row in enumerate(rows):
        if i:
            lines.append(_rule("├┼┤", "─", widths))
        cells = [wrap(text, w) for text, w in zip(row, widths)]
        for n in range(max(map(len, cells))):
            lines.append(_line([cell[n] if n < len(cell) else "" for cell in cells], columns, widths, "│"))
    lines.append(_rule("└┴┘", "─", widths))
    return "\n".join(lines)


def column_widths(width: int, positions: Sequence[float]) -> list[int]:
    """Return the characters for the text of each column, so that the lines are ``width`` long.

    Frames and spaces are taken off all columns alike; a width that is left over goes to the wider columns.
    """
    ends = [int(p * width) if p <= 1 else int(p) for p in positions]
    widths = [end - start for start, end in zip([0, *ends], ends)]
    left = sum(widths) + 3 * len(widths) + 1 - width
    if left >= 0:
        for i in range(len(widths)):
            cut = round(left / (len(widths) - i))
            widths[i] = max(widths[i] - cut, 1)
            left -= cut
        return widths
    left, ratios = -left, [w + 2 for w in widths]
    for i in range(len(widths)):
        added = math.ceil(left * ratios[i] / sum(ratios[i:]))
        widths[i] += added
        left -= added
    return widths


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken between words; a word wider than ``width`` is cut."""
    lines = [""]
    for word in re.findall(r"\s*\S+\s*", text) or [""]:
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > width:
            lines.append("")
        lines[-1] += word
    return [_cut(line.rstrip(), width) for line in lines]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _rule(corners: str, dash: str, widths: Sequence[int]) -> str:
    return corners[0] + corners[1].join(dash * (w + 2) for w in widths) + corners[2]


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], bar: str) -> str:
    marks = {"left": "<", "right": ">", "center": "^"}
    parts = [f"{cell:{marks[c.align]}{w}}" for cell, c, w in zip(cells, columns, widths)]
    return f"{bar} " + f" {bar} ".join(parts) + f" {bar}"
