"""Modules that stand for ``keras`` and ``tensorflow``: names of this package, as a dialect has them."""

from __future__ import annotations

import importlib
import types
from typing import Any

from torchkeras_compat.dialects.absent import absent_keras_name, absent_tensorflow_name
from torchkeras_compat.dialects.dialect import KERAS2, KERAS3, TF_KERAS, Dialect
from torchkeras_compat.dialects.facades import facade_of
from torchkeras_compat.dialects.names.row import Name
from torchkeras_compat.dialects.names.table import BY_PATH, EARLIER, MODULES, PARENTS
from torchkeras_compat.dialects.tensorflow.names.table import PATHS
from torchkeras_compat.dialects.versions import held
from torchkeras_compat.public_names import named

KERAS_ROOTS = (  # the longest first
    "tensorflow.python.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "keras._tf_keras.keras",
    "tensorflow.keras",
    "keras.api",
    "tf_keras",
    "keras",
)
KERAS_IN_TENSORFLOW = ("optimizers", "losses", "metrics", "initializers")  # `tf.losses` is `tf.keras.losses`
TENSORFLOW_VERSION = "2.15.0"  # the one whose functions are here
_PARENTS = {path.rpartition(".")[0] for path in PATHS if "." in path}
TENSORFLOW_MODULES = {"", "python", *(p.rsplit(".", n)[0] for p in _PARENTS for n in range(p.count(".") + 1))}


class KerasView(types.ModuleType):
    """A module of Keras, at ``path`` below ``keras``, looked up in the public namespaces given."""

    def __init__(self, name: str, path: str, spaces: list[types.ModuleType], dialect: Dialect) -> None:
        super().__init__(name, f"`{name}`, provided by torchkeras_compat.")
        self.__path__: list[str] = []
        self._path = path
        self._spaces = spaces
        self._dialect = dialect
        if not path:
            self.__version__ = dialect.version
            self.version = lambda: dialect.version

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return self.__dir__()
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._find(name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        names = {name for space in self._spaces for name in dir(space) if not name.startswith("_")}
        if not self._dialect.has_core_meanings:
            homes = self._homes
            names |= {row.path.rpartition(".")[2] for row in BY_PATH.values() if row.path.rpartition(".")[0] in homes}
        return sorted(names)

    def _find(self, name: str) -> Any:
        if not self._dialect.has_core_meanings:
            for home in self._homes:
                row = self._row(f"{home}.{name}" if home else name)
                if row is not None:
                    return facade_of(self._dialect.name, row.path, named(row.target))
        path, found = self._in_a_space(name, listed=True)
        if found is not None and not isinstance(found, types.ModuleType):
            return facade_of(self._dialect.name, path, found)
        try:
            return importlib.import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError:
            path, found = self._in_a_space(name, listed=False)  # of a plugin
            if found is not None and not isinstance(found, types.ModuleType):
                return found
            raise AttributeError(self.absence(name)) from None

    def absence(self, name: str) -> str:
        """Return the sentence that says of a name that it is not here, and what to use."""
        known = [other for other in dir(self) if other != name]  # which lists modules that have no view
        return absent_keras_name(self.__name__, self._homes, name, known)

    @property
    def _homes(self) -> list[str]:
        """Paths below ``keras`` under which the tables may have its names."""
        return [self._path, *map(_path_of, self._spaces)]

    def _row(self, path: str) -> Name | None:
        """Return what a name meant in the version of the dialect."""
        earlier = EARLIER.get(path)
        if earlier is not None and held(self._dialect, earlier.versions):
            return earlier
        return BY_PATH.get(path)

    def _in_a_space(self, name: str, *, listed: bool) -> tuple[str, Any]:
        """Return the public path and value of a name in the first namespace that has it, or that lists it."""
        for space in self._spaces:
            found = getattr(space, name, None) if not listed or name in dir(space) else None
            if found is not None:
                home = _path_of(space)
                return (f"{home}.{name}" if home else name), found
        return name, None


class TensorflowView(types.ModuleType):
    """``tensorflow`` or a module below it, as far as code around Keras needs it."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, f"`{name}`, as far as code around Keras needs it, provided by torchkeras_compat.")
        self.__path__: list[str] = []
        self._path = path
        if not path:
            self.__version__ = TENSORFLOW_VERSION

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        if name == "__all__":
            return [n for n in self.__dir__() if not n.startswith("_")]
        path = f"{self._path}.{name}" if self._path else name
        if path in PATHS:
            found = named(PATHS[path])
            setattr(self, name, found)
            return found
        try:
            return importlib.import_module(f"{self.__name__}.{name}")
        except ModuleNotFoundError:
            raise AttributeError(self.absence(name)) from None

    def absence(self, name: str) -> str:
        """Return the sentence that says of a name that it is not here, and what to use."""
        return absent_tensorflow_name(self.__name__, f"{self._path}.{name}" if self._path else name, dir(self))

    def __dir__(self) -> list[str]:
        below = f"{self._path}." if self._path else ""
        names = {path[len(below) :].partition(".")[0] for path in PATHS if path.startswith(below)}
        return sorted(names | ({"keras"} if not self._path else set()))


def make_view(name: str, dialect: Dialect) -> types.ModuleType | None:
    """Return the module that stands for ``name``, or None if there is none."""
    for root in KERAS_ROOTS:
        if name == root or name.startswith(root + "."):
            of_tensorflow = dialect is not KERAS3 and root.startswith(("tensorflow.", "tf_keras"))
            return _keras_view(name, name[len(root) + 1 :], TF_KERAS if of_tensorflow else dialect)
    root, _, path = name.partition(".")
    if root == "keras_preprocessing":  # a package of its own in 2019, whose classes pickles name
        return _keras_view(name, f"preprocessing.{path}".rstrip("."), KERAS2 if dialect is KERAS3 else dialect)
    if root == "tensorflow" and path.partition(".")[0] in KERAS_IN_TENSORFLOW:
        return _keras_view(name, path, dialect if dialect is KERAS3 else TF_KERAS)
    if root == "tensorflow" and path in TENSORFLOW_MODULES:
        return TensorflowView(name, path)
    return None


def _keras_view(name: str, path: str, dialect: Dialect) -> KerasView | None:
    if path in ("_tf_keras", "api"):  # on the way to another root
        return KerasView(name, "", [named("")], dialect)
    spaces = [_namespace(space) for space in MODULES.get(path, (path,))]
    found = [space for space in spaces if space is not None]
    is_known = found or any(parent == path or parent.startswith(path + ".") for parent in PARENTS)
    return KerasView(name, path, found, dialect) if is_known else None


def _namespace(path: str) -> types.ModuleType | None:
    """Return a public namespace: one that its parent lists."""
    found: types.ModuleType = named("")
    for part in path.split(".") if path else ():
        if part not in dir(found):
            return None
        found = getattr(found, part)
        if not isinstance(found, types.ModuleType):
            return None
    return found


def _path_of(space: types.ModuleType) -> str:
    return space.__name__.partition(".")[2]
