from __future__ import annotations

import pytest

from torchkeras_compat.dialects.versions import having


@pytest.mark.parametrize(
    ("versions", "names"),
    [
        ("1.0-1.2", ["keras1"]),
        ("1.0-2.15", ["keras1", "keras2", "tf.keras"]),
        ("2.3", ["keras2", "tf.keras"]),
        ("2.11-2.15", ["tf.keras"]),
        ("3.0-3.15", ["keras3"]),
    ],
)
def test_dialects_by_versions(versions: str, names: list[str]) -> None:
    assert [dialect.name for dialect in having(versions)] == names
