"""The names that Markdown notes use without importing them."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

# Where a bare name is looked for, in this order.
NAMESPACES = (
    "keras",
    "keras.layers",
    "keras.models",
    "keras.callbacks",
    "keras.optimizers",
    "keras.losses",
    "keras.metrics",
    "keras.initializers",
    "keras.regularizers",
    "keras.constraints",
    "keras.utils",
    "keras.saving",
)
MODULES = {
    "K": "keras.backend",
    "keras": "keras",
    "np": "numpy",
    "numpy": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "tf": "tensorflow",
    "tensorflow": "tensorflow",
    "torch": "torch",
}


def predefined(names: Iterable[str]) -> dict[str, Any]:
    """Return those of ``names`` that notes need not import: Keras names, its namespaces, ``np``, ``keras``, ``tf``, ...

    Only what a note mentions is looked up, so that a note of dense layers does not load every layer. A module that
    is not installed (pandas, matplotlib) is left out.
    """
    found = {}
    for name in names:
        if name in MODULES:
            try:
                found[name] = importlib.import_module(MODULES[name])
            except ModuleNotFoundError:
                continue
            continue
        for namespace in NAMESPACES:
            module = importlib.import_module(namespace)
            if name in dir(module):
                found[name] = getattr(module, name)
                break
    return found


def all_names() -> list[str]:
    """Return every name that may stand in a Markdown note without an import."""
    names = set(MODULES)
    for namespace in NAMESPACES:
        names.update(dir(importlib.import_module(namespace)))
    return sorted(name for name in names if not name.startswith("_"))
