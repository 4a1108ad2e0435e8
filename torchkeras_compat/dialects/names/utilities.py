"""Wrappers, utilities and the rest."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = ()
