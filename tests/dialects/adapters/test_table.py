from __future__ import annotations

from torchkeras_compat.dialects.adapters.table import ADAPTERS
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.public_names import named


def test_every_adapter_stands_for_a_public_name() -> None:
    for path in ADAPTERS:
        assert path in BY_PATH or callable(named(path)), path
