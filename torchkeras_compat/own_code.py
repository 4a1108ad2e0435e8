"""Which classes and functions are this package's own, and which are a user's or a plugin's."""

from __future__ import annotations

_PACKAGE = f"{__name__.partition('.')[0]}."


def is_own(obj: object) -> bool:
    """Return whether a class or function is defined in this package.

    What the package knows of its own classes (what a schedule returns, which dtypes a layer quantizes) need not hold
    for a subclass that somebody else wrote. Where the definition stands is what tells them apart: a subclass inherits
    every attribute that its base could declare.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> is_own(Dense), is_own(type("Mine", (Dense,), {"__module__": "mine"}))
        (True, False)
    """
    return str(getattr(obj, "__module__", "")).startswith(_PACKAGE)
