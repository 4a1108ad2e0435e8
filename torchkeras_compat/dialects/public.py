"""Public names by path, for the tables of spellings."""

from __future__ import annotations

import importlib
from typing import Any


def public(path: str) -> Any:
    """Return what ``torchkeras_compat.<path>`` names.

    Raises:
        AttributeError: nothing has this name.

    Example:
        >>> public("errors.nearest").__name__
        'nearest'
    """
    found: Any = importlib.import_module("torchkeras_compat")
    done = "torchkeras_compat"
    for part in path.split(".") if path else ():
        done = f"{done}.{part}"
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(done)
            except ModuleNotFoundError as error:
                raise AttributeError(f"{done} does not exist") from error
    return found
