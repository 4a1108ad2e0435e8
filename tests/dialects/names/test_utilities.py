import importlib

import pytest

from torchkeras_compat.dialects.dialect import DIALECTS
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.dialects.names.utilities import ROWS
from torchkeras_compat.public_names import named


def test_every_target_is_there() -> None:
    assert [row.path for row in ROWS if not callable(named(row.target))] == []


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "keras3"])
def test_every_name_is_imported_from_its_old_place(dialect: str, nothing_imported: None) -> None:
    with install_as_keras(dialect=dialect):
        for row in ROWS:
            module, _, name = row.path.rpartition(".")
            assert callable(getattr(importlib.import_module(f"keras.{module}"), name)), row.path
