from __future__ import annotations

import pytest

from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, TF_KERAS
from torchkeras_compat.dialects.versions import having, held


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


def test_a_version_is_within_its_bounds_only() -> None:
    assert held(KERAS1, "1.0-1.2") and held(KERAS2, "2.3") and not held(TF_KERAS, "2.0-2.3")
