"""Public names here and in Keras, and the table of their differences, ``keras_differences.toml``.

``python tests/public_names.py`` brings the table up to date: entries that no longer hold go, new ones get the reason
"not built yet", or "?" where somebody has to write one.
"""

from __future__ import annotations

import importlib
import inspect
import json
import tomllib
import types
from pathlib import Path

import torchkeras_compat

PACKAGE = Path(torchkeras_compat.__file__).parent
TABLE = Path(__file__).parent / "keras_differences.toml"
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))
NAMESPACES = [".".join(("torchkeras_compat", *stub.parent.relative_to(PACKAGE).parts)) for stub in STUBS]
KERAS_NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "keras_public_names.json").read_text())
HEADER = "# Public names that Keras 3.15.1 has and this package has not, and the reverse, each with its reason.\n"


def counterpart(namespace: str) -> str:
    """`keras.layers` as it is called here."""
    return namespace.replace("keras", "torchkeras_compat", 1)


def names_here(namespace: str) -> set[str] | None:
    """Public names of our counterpart of a namespace of Keras; None if there is none."""
    try:
        module = importlib.import_module(counterpart(namespace))
    except ModuleNotFoundError:
        return None
    names = {name for name in dir(module) if not name.startswith("_")}
    return names if counterpart(namespace) in NAMESPACES else {n for n in names if is_own(module, n)}


def is_own(module: types.ModuleType, name: str) -> bool:
    """Whether a module that is public as it is defines the name, and does not only use it."""
    value = getattr(module, name)
    return name.isupper() or (
        (inspect.isroutine(value) or inspect.isclass(value)) and value.__module__ == module.__name__
    )


def differences() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Names absent here and names added here, by namespace of Keras; an empty list for a whole namespace."""
    absent, added = {}, {}
    for namespace, theirs in KERAS_NAMES.items():
        mine = names_here(namespace)
        if mine is None:
            absent[namespace] = []
            continue
        submodules = {name.rpartition(".")[2] for name in KERAS_NAMES if name.rpartition(".")[0] == namespace}
        if set(theirs) - mine:
            absent[namespace] = sorted(set(theirs) - mine)
        if mine - set(theirs) - submodules:
            added[namespace] = sorted(mine - set(theirs) - submodules)
    ours_alone = {"keras" + name.removeprefix("torchkeras_compat") for name in NAMESPACES} - set(KERAS_NAMES)
    added.update({namespace: [] for namespace in sorted(ours_alone)})
    return absent, added


def table() -> dict[str, list[dict]]:
    """The table as it stands."""
    return tomllib.loads(TABLE.read_text()) if TABLE.exists() else {}


def updated(entries: list[dict], names: dict[str, list[str]], new_reason: str) -> list[dict]:
    """Entries that hold, followed by new ones for the rest."""
    result = []
    left = {namespace: set(listed) for namespace, listed in names.items()}
    for entry in entries:
        namespace, listed = entry["namespace"], entry.get("names", [])
        if namespace not in left or bool(listed) != bool(names[namespace]):
            continue
        kept = [name for name in listed if name in left[namespace]]
        if kept or not listed:
            result.append({**entry, "names": kept})
            left[namespace] -= set(kept)
            if not left[namespace]:
                del left[namespace]
    result += [{"namespace": n, "reason": new_reason, "names": sorted(listed)} for n, listed in left.items()]
    return sorted(result, key=lambda entry: entry["namespace"])


def write() -> None:
    """Bring the table up to date."""
    absent, added = differences()
    before = table()
    lines = [HEADER]
    for kind, names, reason in (("absent", absent, "not built yet"), ("added", added, "?")):
        for entry in updated(before.get(kind, []), names, reason):
            lines += [f"[[{kind}]]", f'namespace = "{entry["namespace"]}"', f'reason = "{entry["reason"]}"']
            if entry["names"]:
                lines += ["names = [", *(f'  "{name}",' for name in entry["names"]), "]"]
            lines.append("")
    TABLE.write_text("\n".join(lines))


if __name__ == "__main__":
    write()
