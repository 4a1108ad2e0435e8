"""Schedule-free and other modern optimizers in torchkeras_compat: each of these names is a class here."""

from __future__ import annotations

from torchkeras_optimizers.library_optimizer import LibraryOptimizer, named_class
from torchkeras_optimizers.names import PLACES


def __getattr__(name: str) -> type[LibraryOptimizer]:
    if name not in PLACES:
        raise AttributeError(f"torchkeras_optimizers has no {name!r}. dir(torchkeras_optimizers) lists what it has.")
    return named_class(name)


def __dir__() -> list[str]:
    return ["LibraryOptimizer", *sorted(PLACES)]
