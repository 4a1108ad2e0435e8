"""The open `RematScope`s, in which new layers are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchkeras_compat.layers.remat.remat_scope import RematScope

OPEN_SCOPES: list[RematScope] = []
"""Innermost last: new layers enter it."""
