"""The differences that stay, each with its reason."""

from __future__ import annotations

import pathlib
import re
import tomllib
from typing import Any

from tests.fuzz.operations import Difference

FILE = pathlib.Path(__file__).with_name("differences.toml")


def load() -> list[dict[str, Any]]:
    """The entries of the file."""
    return tomllib.loads(FILE.read_text())["difference"] if FILE.exists() else []


def reason(difference: Difference, entries: list[dict[str, Any]]) -> str | None:
    """The reason why a difference stays, or None."""
    for entry in entries:
        if not re.fullmatch(entry["names"], difference.name):
            continue
        if "kinds" in entry and difference.kind not in entry["kinds"]:
            continue
        if "text" in entry and not re.search(entry["text"], f"{difference.text}\n{difference.call}"):
            continue
        return str(entry["reason"])
    return None
