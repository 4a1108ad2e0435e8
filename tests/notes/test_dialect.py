"""The dialect of a note."""

from __future__ import annotations

from pathlib import Path

from torchkeras_compat.notes.dialect import chosen_dialect
from torchkeras_compat.notes.note import Note


def test_what_the_user_asks_for_is_taken() -> None:
    note = Note(Path("n.md"), "markdown", [])
    assert chosen_dialect(note, "keras1", print) == "keras1"
