"""Names that are found elsewhere now."""

from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = ()
