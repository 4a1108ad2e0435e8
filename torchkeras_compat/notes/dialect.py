"""The dialect of a note: the Keras that it was written for."""

from __future__ import annotations

from collections.abc import Callable

from torchkeras_compat.dialects.detection import detect
from torchkeras_compat.dialects.dialect import KERAS3, MIXED
from torchkeras_compat.notes.note import Note


def chosen_dialect(note: Note, given: str | None, announce: Callable[[str], None]) -> str:
    """Return the dialect to install for a note.

    Where nothing shows an older Keras it is Keras 3 in which calls of any older version are understood.

    Args:
        note: The note.
        given: What the user asked for.
        announce: Called with a sentence about a dialect that is found from the source.
    """
    if given is not None:
        return given
    found = detect([block.code for block in note.blocks])
    announce(f"{found}; --dialect says otherwise")
    return MIXED.name if found.dialect == KERAS3.name else found.dialect
