"""Preprocessing of texts, images and sequences."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = ()
