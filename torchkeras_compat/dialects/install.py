"""``import keras`` and ``tensorflow.keras`` made to mean this package."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import linecache
import sys
import types
from collections.abc import Sequence

from torchkeras_compat.dialects.detection import detect
from torchkeras_compat.dialects.dialect import KERAS3, TF_KERAS, WITH_TENSORS, Dialect, dialect_named
from torchkeras_compat.dialects.private_view import PrivateView, private_view
from torchkeras_compat.dialects.tensorflow.companions import missing_companion
from torchkeras_compat.dialects.view import KerasView, TensorflowView, make_view
from torchkeras_compat.overrides import OVERRIDES
from torchkeras_compat.public_names import named

ROOTS = ("keras", "tensorflow", "tf_keras", "keras_preprocessing")


class Installation(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The import hook, as long as it is in place; a context manager that takes it out at the end.

    Args:
        dialect: Whose names and meanings the modules have.
        roots: Names of the modules that this package stands for.
    """

    def __init__(self, dialect: Dialect, roots: Sequence[str] = ROOTS) -> None:
        self.dialect = dialect
        self.roots = roots
        self._before: str | None = None
        self._hidden: dict[str, types.ModuleType] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a specification for ``keras``, ``tensorflow`` and what is below them; for others None.

        Raises:
            ModuleNotFoundError: a module that is not here, or a package that needs TensorFlow itself, such as
                ``tensorflow_datasets``.
        """
        root, *parts = name.split(".")
        if root not in self.roots:
            missing = missing_companion(name) if "tensorflow" in self.roots else None
            if missing is not None:
                raise ModuleNotFoundError(missing, name=name)
            return None
        if name in ("tensorflow", "tf_keras"):
            take_tensors()
        view = private_view(name) if parts[:1] == ["src"] else make_view(name, self.dialect)
        if view is None:
            parent, _, last = name.rpartition(".")
            above = sys.modules.get(parent)
            if isinstance(above, KerasView | TensorflowView):
                # Without `name=`: Python then passes the sentence on from `from ... import`, too.
                raise ModuleNotFoundError(above.absence(last))
            return None
        spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        spec.loader_state = view
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the view that :meth:`find_spec` has made."""
        found: types.ModuleType = spec.loader_state
        return found

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute: names are looked up when asked for."""

    def install(self) -> None:
        """Put the hook in front of all others; modules of another dialect step aside until it is taken out."""
        self._hidden = _take_out()
        sys.meta_path.insert(0, self)
        if self.dialect.name in WITH_TENSORS:
            take_tensors()
        self._before, OVERRIDES.dialect = OVERRIDES.dialect, self.dialect.name

    def uninstall(self) -> None:
        """Take the hook out and forget the modules it made; names that were imported stay usable."""
        if self not in sys.meta_path:
            return
        above = [finder for finder in sys.meta_path[: sys.meta_path.index(self)] if isinstance(finder, Installation)]
        sys.meta_path.remove(self)
        if above:  # which is in use, and steps back to what was there before this one
            above[-1]._hidden, above[-1]._before = self._hidden, self._before
            return
        _take_out()
        sys.modules.update(self._hidden)
        OVERRIDES.dialect = self._before

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.uninstall()


def take_tensors() -> None:
    """Have the tensors of TensorFlow's manners stand at the core's door from now on."""
    named("dialects.tensorflow.tensor")


def _take_out() -> dict[str, types.ModuleType]:
    """Take the modules of an installation out of those that are imported, and return them."""
    views: dict[str, types.ModuleType] = {name: m for name, m in list(sys.modules.items()) if isinstance(m, _VIEWS)}
    for name in views:
        del sys.modules[name]
    return views


def install_as_keras(dialect: str | None = None) -> Installation:
    """Let ``keras``, ``tensorflow.keras`` and ``tf_keras`` mean this package in the running program.

    Imports that follow resolve here, with the names, defaults and meanings of one dialect: that of Keras 1, Keras 2,
    tf.keras up to 2.15, or Keras 3. Call it before the first of them. Calling it again for the same dialect changes
    nothing; for another one, the imports that follow are that dialect's, and what the first one made keeps its meaning.

    Args:
        dialect: ``"keras1"``, ``"keras2"``, ``"tf.keras"`` or ``"keras3"``; None finds it from the code of the file
            that calls this function, and says what it found. Where that shows no older Keras it is Keras 3, and a call
            that only an older one took means what it meant there.

    Returns:
        The installation: ``uninstall()`` takes it back, and so does the end of a ``with`` block.

    Raises:
        RuntimeError: the real Keras or TensorFlow is imported already; two of a name cannot live together.
        ValueError: there is no such dialect.

    Example:
        >>> with install_as_keras(dialect="keras1"):
        ...     from keras.layers import Dense
        >>> Dense(output_dim=3).units
        3
    """
    if dialect is None:
        found = detect([_source_of_caller()])
        dialect = found.installed
        if found.dialect != KERAS3.name:
            print(f"torchkeras_compat: {found}; `install_as_keras(dialect=...)` says otherwise", file=sys.stderr)
    wanted = dialect_named(dialect)
    installed = next((finder for finder in sys.meta_path if isinstance(finder, Installation)), None)
    if installed is not None and installed.dialect is wanted:
        return installed
    present = [root for root in ROOTS if root in sys.modules and not isinstance(sys.modules[root], _VIEWS)]
    if present:
        origin = getattr(sys.modules[present[0]], "__file__", None)
        raise RuntimeError(
            f"`{present[0]}` is imported already, from {origin}. Call `install_as_keras()` before the first import of "
            "keras or tensorflow, in a fresh Python."
        )
    installation = Installation(wanted)
    installation.install()
    return installation


def put_in_place(roots: tuple[str, ...]) -> Installation:
    """Let modules mean this package: what the file of :mod:`~torchkeras_compat.dialects.shadow_finder` calls, which
    may be older than the package.

    Args:
        roots: Names of the modules.
    """
    installation = Installation(TF_KERAS if "tensorflow" in roots else KERAS3, roots)
    installation.install()
    return installation


_VIEWS = (KerasView, PrivateView, TensorflowView)


def _source_of_caller() -> str:
    """Return the source of the first file on the stack that is not this package's; empty where it is not known."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith("torchkeras_compat."):
        frame = frame.f_back
    return "" if frame is None else "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
