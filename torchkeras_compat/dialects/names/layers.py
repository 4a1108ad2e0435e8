"""Layers that Keras 3 dropped."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = ()
