"""Converters of other projects, which are asked for where they are needed."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


def converter(format: str, packages: tuple[str, ...], install: str) -> list[Any]:
    """Import the packages that write a format.

    Args:
        format: What is written, for the message.
        packages: Names of the modules.
        install: The command that installs them.

    Raises:
        ImportError: one of them is missing, or fails to import.
    """
    missing = [name for name in packages if not is_installed(name)]
    if missing:
        raise ImportError(
            f"{format} is written by {' and '.join(packages)}, and {' and '.join(missing)}"
            f" {'is' if len(missing) == 1 else 'are'} not installed. Run\n\n    {install}\n\nand export again; or"
            " write a PyTorch program, which needs nothing else: `model.export('model.pt2', format='torch')`."
        )
    return [importlib.import_module(name) for name in packages]


def is_installed(name: str) -> bool:
    """Return whether a package can be imported, without doing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
