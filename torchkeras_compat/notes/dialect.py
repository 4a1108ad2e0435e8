"""The dialect of a note: the Keras that it was written for."""

from __future__ import annotations

from collections.abc import Callable

from torchkeras_compat.dialects.detection import detect
from torchkeras_compat.dialects.dialect import KERAS3
from torchkeras_compat.notes.note import Note


def chosen_dialect(note: Note, given: str | None, announce: Callable[[str], None]) -> str:
    """Return the dialect to install for a note.

    Args:
        note: The note.
        given: What the user asked for; None to find it from the code of the blocks.
        announce: Called with a sentence about an older Keras that the code shows.
    """
    if given is not None:
        return given
    found = detect(block.python for block in note.blocks)
    if found.dialect != KERAS3.name:
        announce(f"{note.path}: {found}; `--dialect` says otherwise")
    return found.installed
