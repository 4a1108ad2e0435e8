"""The generated parts of the reference pages: ``python -m tests.docs.spellings --write`` writes them into the pages.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end: NAME -->``; what is around it is written by hand.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from torchkeras_compat.dialects import absent_names
from torchkeras_compat.dialects.arguments import DROPPED, RENAMED, VALUES, Target
from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, KERAS3, TF_KERAS, Dialect
from torchkeras_compat.dialects.names.modules import ROWS as MODULES
from torchkeras_compat.dialects.names.row import Name
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.dialects.names.table import ROWS as NAMES
from torchkeras_compat.dialects.old_signatures import read_signatures
from torchkeras_compat.dialects.tensorflow.names.table import PATHS
from torchkeras_compat.dialects.translation import _defaults, translator
from torchkeras_compat.public_names import named

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
PAGES = (FOLDER / "old-spellings.md", FOLDER / "tensorflow.md")
OLD = (KERAS1, KERAS2, TF_KERAS)
LEGACY = "torchkeras_compat.legacy."


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    return f"`{text}`"


def versions(text: str) -> str:
    """Return first and last version as a reader sees them: one, if they are the same."""
    first, _, last = text.partition("-")
    return first if first == last or not last else f"{first} to {last}"


def space_of(path: str) -> str:
    return path.rpartition(".")[0]


def names() -> str:
    """All rows of the table of names, one table for each namespace."""
    spaces: dict[str, dict[str, Name]] = {}
    for row in NAMES:
        spaces.setdefault(space_of(row.path), {})[row.path] = row
    parts = []
    for space in sorted(spaces):
        rows = [
            (code(path.rpartition(".")[2]), versions(row.versions), code(row.target))
            for path, row in sorted(spaces[space].items(), key=lambda item: item[0].lower())
        ]
        parts.append(f"### `keras.{space}`\n\n{table(('name', 'Keras', 'here'), rows)}")
    return "\n\n".join(parts)


def modules() -> str:
    rows = [
        (
            code(f"keras.{row.path}"),
            versions(row.versions),
            ", ".join(code(f"keras.{s}".rstrip(".")) for s in row.spaces),
        )
        for row in MODULES
    ]
    return table(("module", "Keras", "its names are those of"), rows)


def arguments() -> str:
    rows = [(code(row.old), versions(row.versions), " or ".join(map(code, row.new))) for row in RENAMED]
    return table(("argument", "Keras", "today"), rows)


def dropped() -> str:
    rows = []
    for row in DROPPED:
        values = "any" if row.values is None else ", ".join(code(repr(value)) for value in row.values)
        others = "dropped with a warning" if row.warns else "refused" if row.values is not None else ""
        rows.append((code(row.old), versions(row.versions), values, others, row.why))
    return table(("argument", "Keras", "dropped values", "others", "why nothing is lost"), rows)


def values() -> str:
    rows = []
    for end, meanings in VALUES.items():
        for old, new in meanings.items():
            today = f"function {code(new)}" if isinstance(new, Target) else code(repr(new))
            rows.append((code(f"...{end}"), code(repr(old)), today))
    return table(("arguments that end in", "value", "means"), rows)


def shown(value: Any) -> str:
    """Return a default as it is written in code."""
    if isinstance(value, types.FunctionType):
        return code(repr(value.__name__.removeprefix("keras2_")))
    return code(repr(value))


def changed(dialect: Dialect) -> dict[str, dict[str, Any]]:
    """Return the arguments of each public name whose defaults in a dialect are not those of Keras 3."""
    assert dialect.file is not None
    found, owners = {}, {}
    for path in read_signatures(dialect.file):
        row = BY_PATH.get(path)
        if row is not None and not row.target.startswith("legacy."):
            continue  # another name of what is listed under today's
        try:
            target = named(path if row is None else row.target)
        except (AttributeError, ModuleNotFoundError):
            continue
        if not callable(target) or target.__module__.startswith(LEGACY):
            continue
        defaults = translator(dialect, path, target, path.startswith(("models.Model.", "models.Sequential."))).defaults
        if defaults and not path.startswith("models.Sequential."):
            found[path] = defaults
            owners[path] = f"{space_of(path)}.{target.__name__}"
    return {path: its for path, its in found.items() if owners[path] == path or found.get(owners[path]) != its}


def now(path: str, argument: str) -> str:
    """Return the default of today."""
    return shown(_defaults(named(path)).get(argument))


def defaults() -> str:
    by_dialect = {dialect: changed(dialect) for dialect in OLD}
    keys = sorted({(path, name) for found in by_dialect.values() for path, names in found.items() for name in names})
    rows = []
    for path, name in keys:
        cells = []
        for dialect in OLD:
            here = by_dialect[dialect].get(path, {})
            cells.append(shown(here[name]) if name in here else "")
        rows.append((code(path), code(name), *cells, now(path, name)))
    return table(("of", "argument", *(dialect.title for dialect in OLD), KERAS3.title), rows)


def tensorflow_names() -> str:
    """The names below ``tensorflow``, by their modules; those of ``compat.v2`` are those of the top again."""
    spaces: dict[str, list[str]] = {}
    for path in PATHS:
        if not path.startswith(("compat.v1.", "compat.v2.")):
            spaces.setdefault(space_of(path), []).append(path.rpartition(".")[2])
    parts = []
    for space in sorted(spaces):
        title = f"tf.{space}".rstrip(".")
        listed = ", ".join(map(code, sorted(set(spaces[space]), key=lambda name: (name.lower(), name))))
        parts.append(f"### `{title}`\n\n{listed}")
    return "\n\n".join(parts)


def tensorflow_1_names() -> str:
    """The names of ``compat.v1`` that the top does not have, or that mean something else there."""
    own = {
        path.removeprefix("compat.v1.")
        for path, target in PATHS.items()
        if path.startswith("compat.v1.") and PATHS.get(path.removeprefix("compat.v1.")) != target
    }
    return ", ".join(map(code, sorted(own, key=str.lower)))


def absent() -> str:
    rows = [(code(f"keras.{path}"), versions(row[0]), row[1]) for path, row in sorted(absent_names.KERAS.items())]
    return table(("name", "Keras", "what to use"), rows)


def instead() -> str:
    rows = [(code(f"tf.{path}"), text) for path, text in sorted(absent_names.TENSORFLOW.items()) if path not in PATHS]
    return table(("name", "what to use"), [*rows[1:], ("others", absent_names.TENSORFLOW[""])])


PARTS: dict[str, Callable[[], str]] = {
    "absent": absent,
    "arguments": arguments,
    "defaults": defaults,
    "dropped": dropped,
    "instead": instead,
    "modules": modules,
    "names": names,
    "tensorflow 1": tensorflow_1_names,
    "tensorflow": tensorflow_names,
    "values": values,
}
MARKED = re.compile(r"(<!-- generated: (?P<name>[\w ]+) -->\n).*?(<!-- end: (?P=name) -->)", flags=re.DOTALL)


def rendered(text: str) -> str:
    """Return a page with its generated parts as the tables have them now."""
    return MARKED.sub(lambda part: f"{part[1]}\n{PARTS[part['name']]()}\n\n{part[3]}", text)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which ones are not what the tables say."""
    stale = [page for page in PAGES if rendered(page.read_text()) != page.read_text()]
    for page in stale:
        if "--write" in arguments:
            page.write_text(rendered(page.read_text()))
        print(f"{page.name}: {'written' if '--write' in arguments else 'is not what the tables say'}")
    return 0 if "--write" in arguments else len(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
