"""Modules that stand for ``keras.src`` and what is below it: see :mod:`torchkeras_compat.dialects.private_names`."""

from __future__ import annotations

import importlib
import types
from typing import Any

from torchkeras_compat.dialects.private_modules import is_private_module
from torchkeras_compat.dialects.private_names import absence, find_private, names_below


class PrivateView(types.ModuleType):
    """A module of Keras at ``path`` below ``keras.src``, whose names are looked up when asked for."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, f"`{name}`: what of it has a public counterpart in torchkeras_compat.")
        self.__path__: list[str] = []
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self.__dir__()
        if name.startswith("__"):
            raise AttributeError(name)
        below = f"{self._path}.{name}" if self._path else name
        if is_private_module(below) and not _is_function(self._path, name):
            return importlib.import_module(f"{self.__name__}.{name}")
        found = find_private(self._path, name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return names_below(self._path)


def private_view(name: str) -> PrivateView:
    """Return the module that stands for ``keras.src`` or one below it.

    Args:
        name: Full name, such as ``keras.src.saving.saving_lib``.

    Raises:
        ModuleNotFoundError: Keras has no such module.
    """
    path = name.partition(".src")[2].removeprefix(".")
    if not is_private_module(path):
        parent, _, last = path.rpartition(".")
        # Without `name=`: Python then passes the sentence on from `from ... import`, too.
        raise ModuleNotFoundError(absence(parent, last))
    return PrivateView(name, path)


def _is_function(path: str, name: str) -> bool:
    """Whether a package of Keras shows a function under the name of one of its modules, as ``backend.backend``."""
    try:
        return path != "" and not isinstance(find_private(path, name), types.ModuleType)
    except AttributeError:
        return False
