"""Public namespaces in which the names of plugins stand beside the built-in ones: ``keras.layers.LogitAdjustment``."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

from torchkeras_compat import public_face


def attach_stub(package: str, filename: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of the namespace of a kind, open to plugins.

    A name that the stub does not have is looked for in the plugins, which load then; ``dir`` lists the stub's only.

    Args:
        package: ``__name__`` of the package; its last part is the kind.
        filename: ``__file__`` of the package.
    """
    load, listed, public = public_face.attach_stub(package, filename)
    folder, kind = pathlib.Path(filename).parent, package.rpartition(".")[2]

    def load_or_ask(name: str) -> Any:
        if name in public or name.startswith("_"):
            return load(name)
        # `from package import module` asks for the attribute before it imports the module.
        if (folder / name).is_dir() or (folder / f"{name}.py").is_file():
            return load(name)

        from torchkeras_compat.plugins import manager  # with pluggy and the hooks 20 ms, which our own names need not

        if any(offer.name == name and offer.has_bare_name for offer in manager.offers(kind)):
            return manager.find(kind, name)
        return load(name)

    return load_or_ask, listed, public
