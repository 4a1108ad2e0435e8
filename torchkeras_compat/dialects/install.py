"""``import keras`` and ``tensorflow.keras`` made to mean this package."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

from torchkeras_compat.dialects.private_view import PrivateView, private_view
from torchkeras_compat.dialects.spelling import Patches
from torchkeras_compat.dialects.view import KerasView, TensorflowView, make_view
from torchkeras_compat.public_names import named

ROOTS = ("keras", "tensorflow", "tf_keras")


class Installation(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The import hook, as long as it is in place; a context manager that takes it out at the end.

    Args:
        roots: Names of the modules that this package stands for.
    """

    def __init__(self, roots: Sequence[str] = ROOTS) -> None:
        self.roots = roots
        self._patches = Patches()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a specification for ``keras``, ``tensorflow`` and what is below them; for others None.

        Raises:
            ModuleNotFoundError: a module below ``keras.src`` that Keras does not have.
        """
        root, *parts = name.split(".")
        if root not in self.roots:
            return None
        view = private_view(name) if parts[:1] == ["src"] else make_view(name, self._patches)
        if view is None:
            return None
        spec = importlib.machinery.ModuleSpec(name, self, is_package=True)
        spec.loader_state = view
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the view that :meth:`find_spec` has made."""
        return spec.loader_state

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute: names are looked up when asked for."""

    def install(self) -> None:
        """Put the hook in front of all others."""
        sys.meta_path.insert(0, self)
        self._patches.accept_old_methods(named("models.Model"))

    def uninstall(self) -> None:
        """Take the hook out and forget the modules it made; names that were imported stay usable."""
        if self not in sys.meta_path:
            return
        sys.meta_path.remove(self)
        for name, module in list(sys.modules.items()):
            if isinstance(module, (KerasView, PrivateView, TensorflowView)):
                del sys.modules[name]
        self._patches.undo()

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.uninstall()


def install_as_keras() -> Installation:
    """Let ``keras``, ``tensorflow.keras`` and ``tf_keras`` mean this package in the running program.

    Imports that follow, of the modules and in the spellings of Keras 1, 2, 3 and tf.keras, resolve here. Call it before
    the first of them. Calling it again changes nothing.

    Returns:
        The installation: ``uninstall()`` takes it back, and so does the end of a ``with`` block.

    Raises:
        RuntimeError: the real Keras or TensorFlow is imported already; two of a name cannot live together.

    Example:
        >>> with install_as_keras():
        ...     from keras.layers import Dense
        >>> Dense.__module__.partition(".")[0]
        'torchkeras_compat'
    """
    for finder in sys.meta_path:
        if isinstance(finder, Installation):
            return finder
    present = [root for root in ROOTS if root in sys.modules]
    if present:
        origin = getattr(sys.modules[present[0]], "__file__", None)
        raise RuntimeError(
            f"`{present[0]}` is imported already, from {origin}. Call `install_as_keras()` before the first import of "
            "keras or tensorflow, in a fresh Python."
        )
    installation = Installation()
    installation.install()
    return installation
