"""`SymbolicScope`: whether code runs to find shapes only."""

from __future__ import annotations

from torchkeras_compat.device import is_inferring_shapes

open_scopes: list[SymbolicScope] = []
"""Innermost last."""


class SymbolicScope:
    """Marks code that runs to find shapes and dtypes, and not for its values.

    Nothing else changes inside it. Shape inference counts as one.

    Example:
        >>> with SymbolicScope():
        ...     in_symbolic_scope()
        True
        >>> in_symbolic_scope()
        False

    Source: Keras API, SymbolicScope.
    """

    def __enter__(self) -> SymbolicScope:
        open_scopes.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        open_scopes.pop()


def in_symbolic_scope() -> bool:
    """Return whether a `SymbolicScope` is open, or shapes are inferred."""
    return bool(open_scopes) or is_inferring_shapes()
