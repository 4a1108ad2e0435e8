"""Functions of `keras.backend`."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = ()
