"""Notes of every suffix, and files that are not notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.notes.note import read_note


def test_a_script_is_one_block(tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text("a = 1\n")
    note = read_note(tmp_path / "s.py")
    assert (note.kind, len(note.blocks), note.blocks[0].first_line) == ("script", 1, 1)


def test_a_missing_note_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no file .*gone.md"):
        read_note(tmp_path / "gone.md")


def test_another_suffix_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"suffix '\.txt'\. A note is one of \.md"):
        read_note(tmp_path / "note.txt")


def test_a_note_without_code_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Nothing\n```\nx\n```\n")
    with pytest.raises(ValueError, match="has no Python code"):
        read_note(tmp_path / "note.md")


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not UTF-8 text"):
        read_note(tmp_path / "note.md")
