"""Which Keras wrote a file."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.old_files.versions import FileVersion, file_version


@pytest.mark.parametrize(
    ("text", "expected", "dialect"),
    [
        ("1.2.2", FileVersion(1, 2, False, 2), "keras1"),
        ("2.0.9", FileVersion(2, 0, False, 9), "keras2"),
        ("2.3.1", FileVersion(2, 3, False, 1), "keras2"),
        ("2.1.6-tf", FileVersion(2, 1, True, 6), "tf.keras"),
        ("2.3.0-tf", FileVersion(2, 3, True), "tf.keras"),
        ("2.4.0", FileVersion(2, 4, True), "tf.keras"),
        ("2.15.0", FileVersion(2, 15, True), "tf.keras"),
        ("2", FileVersion(2, 0, False), "keras2"),
        ("", FileVersion(1, 0, False), "keras1"),
        ("unknown", FileVersion(1, 0, False), "keras1"),
    ],
)
def test_versions_name_a_dialect(text: str, expected: FileVersion, dialect: str) -> None:
    assert file_version(text) == expected
    assert file_version(text).dialect.name == dialect


def test_both_ends_are_included() -> None:
    version = file_version("2.2.4")
    assert version.is_in((2, 0), (2, 2))
    assert version.is_in((2, 2), (2, 2))
    assert not version.is_in((2, 3), (2, 4))


def test_third_numbers_count_where_they_are_given() -> None:
    version = file_version("1.0.7")
    assert version.is_in((1, 0, 7), (1, 0, 7))
    assert version.is_in((1, 0, 0), (1, 0))
    assert not version.is_in((1, 0, 8), (1, 1))
