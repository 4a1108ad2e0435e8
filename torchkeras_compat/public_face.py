"""Public namespaces whose names live in other packages, loaded on first use from a stub."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

from torchkeras_compat.errors import nearest


def attach_stub(package: str, filename: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package from the imports of its ``.pyi`` stub.

    ``lazy_loader.attach_stub`` does the same for stubs that import from the package itself only; this one follows
    relative imports of any level, and a name that the stub gives another (``from ..config import x as y``).

    Args:
        package: ``__name__`` of the package.
        filename: ``__file__`` of the package; the stub lies beside it.

    Raises:
        FileNotFoundError: there is no stub.
    """
    stub = ast.parse(pathlib.Path(filename).with_suffix(".pyi").read_text(encoding="utf-8"))
    sources: dict[str, tuple[str, str]] = {}  # public name: module, and name in it or "" for the module itself
    for node in stub.body:
        if isinstance(node, ast.ImportFrom):
            module = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                is_submodule = node.module is None
                source = (f"{module}.{alias.name}", "") if is_submodule else (module, alias.name)
                sources[alias.asname or alias.name] = source

    def load(name: str) -> Any:
        if name not in sources:
            hint = "" if name.startswith("_") else nearest(name, sources)
            raise AttributeError(f"module {package!r} has no attribute {name!r}.{hint}".rstrip("."), name=name)
        module, attribute = sources[name]
        value = importlib.import_module(module)
        if attribute:
            value = getattr(value, attribute)
        setattr(sys.modules[package], name, value)
        return value

    if os.environ.get("EAGER_IMPORT"):
        for name in sources:
            load(name)
    return load, lambda: sorted(sources), sorted(sources)
