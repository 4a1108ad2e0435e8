"""Converters of other projects, which are asked for where they are needed."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

from torchkeras_compat.own_code import is_own


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
    """Return whether a package can be imported, without doing it.

    Where `install_as_keras` lets ``keras`` and ``tensorflow`` mean this package, those behind it count.
    """
    try:
        found = importlib.util.find_spec(name)
        if found is not None and is_own(type(found.loader)):
            others = (finder.find_spec(name, None) for finder in sys.meta_path if not is_own(type(finder)))
            return any(spec is not None for spec in others)
        return found is not None
    except (ImportError, ValueError):
        return False
