"""Names and module paths of older Keras: where each is found here, and the versions that had it.

One table; dialects, the reading of files and the documentation look things up in it.
"""

from __future__ import annotations

from torchkeras_compat.dialects.names import backend, layers, moved, preprocessing, utilities
from torchkeras_compat.dialects.names.modules import MODULES as MODULES
from torchkeras_compat.dialects.names.row import Name

ROWS: tuple[Name, ...] = (*moved.ROWS, *backend.ROWS, *layers.ROWS, *preprocessing.ROWS, *utilities.ROWS)
BY_PATH: dict[str, Name] = {row.path: row for row in ROWS}
# Names that meant something else in versions before.
EARLIER: dict[str, Name] = {row.path: row for row in reversed((*backend.EARLIER_ROWS, *utilities.EARLIER_ROWS))}
# Paths of modules that have such names.
PARENTS = frozenset(row.path.rpartition(".")[0] for row in ROWS)
