"""What the environment has installed: the entry points of plugins, and the variables that select among them.

- ``TORCHKERAS_PLUGINS``: load only these (names separated by commas; empty for none).
- ``TORCHKERAS_PLUGINS_BLOCK``: load all but these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import metadata

from torchkeras_compat.plugins import hookspecs


def entry_points() -> Iterator[metadata.EntryPoint]:
    """Yield the entry points of plugins, each once."""
    seen = set()
    for entry in metadata.entry_points(group=hookspecs.PROJECT):
        key = (entry.name, entry.value)
        if key not in seen:
            seen.add(key)
            yield entry


def names_of(entry: metadata.EntryPoint) -> set[str]:
    """Return the names by which a user may mean a plugin: its own, and that of its package."""
    return {flat(entry.name), flat(entry.dist.name)} if entry.dist else {flat(entry.name)}


def flat(name: str) -> str:
    """Return a name as it is compared: `BinaryTversky`, `binary_tversky` and `binary-tversky` are one."""
    return name.replace("_", "").replace("-", "").lower()


def listed(variable: str) -> set[str] | None:
    """Return the names that an environment variable lists, or None if it is not set."""
    value = os.environ.get(variable)
    return None if value is None else {flat(part.strip()) for part in value.split(",") if part.strip()}
