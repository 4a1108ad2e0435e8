"""Modules that stand for ``keras`` and ``tensorflow``: names of this package, in every spelling of the tables."""

from __future__ import annotations

import importlib
import inspect
import types
from typing import Any

from torchkeras_compat.dialects import keras1, keras2, tf_keras
from torchkeras_compat.dialects.names import BY_PATH
from torchkeras_compat.dialects.spelling import Patches, accepting_old_arguments
from torchkeras_compat.dialects.tensorflow.names import PATHS
from torchkeras_compat.errors import nearest
from torchkeras_compat.own_code import is_own
from torchkeras_compat.public_names import named

KERAS_ROOTS = (  # the longest first
    "tensorflow.python.keras",
    "keras._tf_keras.keras",
    "tensorflow.keras",
    "keras.api",
    "tf_keras",
    "keras",
)
MODULES = {**keras1.MODULES, **keras2.MODULES}
NAMES = {**keras1.NAMES, **keras2.NAMES, **{path: row.target for path, row in BY_PATH.items()}}
TENSORFLOW_NAMES = {**tf_keras.NAMES, **PATHS}
_TENSORFLOW_PARENTS = {path.rpartition(".")[0] for path in TENSORFLOW_NAMES if "." in path}
TENSORFLOW_MODULES = {"", "python", *_TENSORFLOW_PARENTS, *(p.rpartition(".")[0] for p in _TENSORFLOW_PARENTS)}


class KerasView(types.ModuleType):
    """A module of Keras, at ``path`` below ``keras``, looked up in the public namespaces given."""

    def __init__(self, name: str, path: str, namespaces: list[Any], patches: Patches) -> None:
        super().__init__(name, f"`{name}`, provided by torchkeras_compat.")
        self.__path__: list[str] = []
        self._path = path
        self._namespaces = namespaces
        self._patches = patches
        if not path:
            self.__version__ = tf_keras.KERAS_VERSION
            self.version = lambda: tf_keras.KERAS_VERSION

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self.__dir__()
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._find(name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        names = {name for namespace in self._namespaces for name in dir(namespace) if not name.startswith("_")}
        return sorted(names | {path.rpartition(".")[2] for path in NAMES if path.rpartition(".")[0] == self._path})

    def _find(self, name: str) -> Any:
        for home in (self._path, *(_path_of(namespace) for namespace in self._namespaces)):
            target = NAMES.get(f"{home}.{name}" if home else name)
            if target is not None:
                return self._accepting_old_arguments(named(target) if isinstance(target, str) else target)
        found = self._in_a_namespace(name, listed=True)
        if found is not None and not isinstance(found, types.ModuleType):
            return self._accepting_old_arguments(found)
        try:
            return importlib.import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError:
            found = self._in_a_namespace(name, listed=False)  # of a plugin
            if found is not None and not isinstance(found, types.ModuleType):
                return found
            known = [other for other in dir(self) if other != name]  # which lists modules that have no view
            raise AttributeError(
                f"`{self.__name__}` has no name {name!r} in torchkeras_compat.{nearest(name, known)}"
            ) from None

    def _in_a_namespace(self, name: str, *, listed: bool) -> Any | None:
        """Return the value of a name in the first namespace that has it, or that lists it."""
        for namespace in self._namespaces:
            found = getattr(namespace, name, None) if not listed or name in dir(namespace) else None
            if found is not None:
                return found
        return None

    def _accepting_old_arguments(self, found: Any) -> Any:
        if inspect.isclass(found):
            if is_own(found):
                self._patches.accept_old_arguments(found)
            return found
        for path in getattr(found, "makes", ()):
            self._patches.accept_old_arguments(named(path))
        return accepting_old_arguments(found) if inspect.isfunction(found) else found


class TensorflowView(types.ModuleType):
    """``tensorflow`` or a module below it, as far as notes about Keras need it."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, f"`{name}`, as far as Keras notes need it, provided by torchkeras_compat.")
        self.__path__: list[str] = []
        self._path = path
        if not path:
            self.__version__ = tf_keras.TENSORFLOW_VERSION

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        if name == "__all__":
            return [n for n in self.__dir__() if not n.startswith("_")]
        path = f"{self._path}.{name}" if self._path else name
        if path in TENSORFLOW_NAMES:
            target = TENSORFLOW_NAMES[path]
            if isinstance(target, str) and not isinstance(target, tf_keras.Dtype):
                target = named(target)
            found = accepting_old_arguments(target, tensorflow=True) if inspect.isfunction(target) else target
            setattr(self, name, found)
            return found
        try:
            return importlib.import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError:
            raise AttributeError(
                f"`{self.__name__}.{name}` belongs to TensorFlow and has no counterpart here: this package provides "
                f"`tensorflow.keras` on PyTorch, and a few functions beside it.{nearest(name, dir(self))} "
                "Use `keras.ops` or torch instead."
            ) from None

    def __dir__(self) -> list[str]:
        below = f"{self._path}." if self._path else ""
        names = {path[len(below) :].partition(".")[0] for path in TENSORFLOW_NAMES if path.startswith(below)}
        return sorted(names | ({"keras"} if not self._path else set()))


def make_view(name: str, patches: Patches) -> types.ModuleType | None:
    """Return the module that stands for ``name``, or None if there is none."""
    for root in KERAS_ROOTS:
        if name == root or name.startswith(root + "."):
            return _keras_view(name, name[len(root) + 1 :], patches)
    root, _, path = name.partition(".")
    if root == "tensorflow" and path in TENSORFLOW_MODULES:
        return TensorflowView(name, path)
    return None


def _keras_view(name: str, path: str, patches: Patches) -> KerasView | None:
    if path in ("_tf_keras", "api"):  # on the way to another root
        return KerasView(name, "", [named("")], patches)
    spaces = [_namespace(space) for space in MODULES.get(path, (path,))]
    found = [space for space in spaces if space is not None]
    return KerasView(name, path, found, patches) if found else None


def _namespace(path: str) -> types.ModuleType | None:
    """Return a public namespace: one that its parent lists."""
    found = named("")
    for part in path.split(".") if path else ():
        if part not in dir(found):
            return None
        found = getattr(found, part)
        if not isinstance(found, types.ModuleType):
            return None
    return found


def _path_of(namespace: types.ModuleType) -> str:
    return namespace.__name__.partition(".")[2]
