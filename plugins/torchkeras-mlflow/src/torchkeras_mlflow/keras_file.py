"""What a `.keras` file says of itself, read without making anything of it."""

from __future__ import annotations

import json
import os
import zipfile
from importlib.metadata import version
from typing import Any

ALWAYS = ("torch", "torchkeras-compat", "torchkeras-mlflow")


def plugins_of(file: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Return the plugins whose objects the model has: name, package, version and names."""
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("metadata.json")).get("torchkeras_plugins", [])


def packages_of(file: str | os.PathLike[str]) -> list[str]:
    """Return what pip has to install for the model: ``["torch==2.13.0", ...]``."""
    # What stands behind a `+`, such as `+cpu`, is a build of one index, and not of others.
    needed = {name: version(name).partition("+")[0] for name in ALWAYS}
    needed |= {plugin["package"]: plugin["version"] for plugin in plugins_of(file) if plugin.get("package")}
    return [f"{name}=={number}" for name, number in sorted(needed.items())]
