"""The page's tables, in Markdown: medians with quartiles, and ratios round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .engines.table import BASE, ENGINES
from .spread import Spread, geometric_mean, ratios, spread

Values = Mapping[str, Sequence[float]]  # of each engine, one a round
NOTHING = "–"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is text, and the others numbers.

    >>> print(table(["net", "ms"], [["notes", "0.5"]]), end="")
    | net | ms |
    | --- | ---: |
    | notes | 0.5 |
    """
    lines = ["| " + " | ".join(columns) + " |", "| --- |" + " ---: |" * (len(columns) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def section(title: str, *parts: str) -> str:
    """Return a section of the page: its title, and texts and tables that are not empty."""
    return "\n\n".join([f"## {title}", *(part.strip() for part in parts if part.strip())]) + "\n"


def engines_of(rows: Iterable[tuple[str, Values]]) -> list[str]:
    """The engines that any row has, in the order of the table of engines."""
    found = {name for _, values in rows for name in values}
    return [name for name in ENGINES if name in found]


def figures(unit: str, rows: Sequence[tuple[str, Values]], digits: int = 3, scale: float = 1.0) -> str:
    """Return a table of medians and quartiles, a column for each engine; nothing where none ran."""
    names = engines_of(rows)
    if not names:
        return ""
    cells = [[title, *(_cell(values.get(name), digits, scale) for name in names)] for title, values in rows]
    return table([unit, *(ENGINES[name].title for name in names)], cells)


def comparison(
    rows: Sequence[tuple[str, Values]], base: str = BASE, mean: bool = True, only: Sequence[str] = ()
) -> str:
    """Return a table of the ratios to one engine, the smaller the faster; nothing where that one did not run.

    Args:
        rows: What each row has, and its title.
        base: The engine by which the others are divided, round by round.
        mean: Whether a last row has the geometric means.
        only: The engines that are divided; all others where empty.
    """
    names = [name for name in engines_of(rows) if name != base and (not only or name in only)]
    known = [
        (row, {name: ratios(values[name], values[base]) for name in names if name in values})
        for row, values in rows
        if base in values
    ]
    if not any(found for _, found in known):
        return ""
    cells = [[row, *(found[name].text(2) if name in found else NOTHING for name in names)] for row, found in known]
    if mean and len(known) > 1:
        means = [_mean([found[name] for _, found in known if name in found]) for name in names]
        cells.append(["**geometric mean**", *means])
    return table([f"divided by: {ENGINES[base].title}", *(ENGINES[name].title for name in names)], cells)


def _cell(values: Sequence[float] | None, digits: int, scale: float) -> str:
    return spread(values).text(digits, scale) if values else NOTHING


def _mean(found: Sequence[Spread]) -> str:
    return f"{geometric_mean(each.median for each in found):.2f}" if found else NOTHING
