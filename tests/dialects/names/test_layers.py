"""The rows of layers, losses, metrics, optimizers and their kin."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.names.layers import ROWS
from torchkeras_compat.dialects.names.row import Name
from torchkeras_compat.public_names import named


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.path}-{row.versions}")
def test_every_target_is_there(row: Name) -> None:
    assert callable(named(row.target))
    first, _, last = row.versions.partition("-")
    assert tuple(map(int, first.split("."))) <= tuple(map(int, last.split(".")))


def test_a_path_and_its_versions_come_once() -> None:
    assert len({(row.path, row.versions) for row in ROWS}) == len(ROWS)
