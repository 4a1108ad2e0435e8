"""The dialect of a note: the Keras that it was written for."""

from __future__ import annotations

from collections.abc import Callable

from torchkeras_compat.notes.note import Note


def chosen_dialect(note: Note, given: str | None, announce: Callable[[str], None]) -> str | None:
    """Return the dialect to install for a note; None to leave it to `install_as_keras`.

    Args:
        note: The note.
        given: What the user asked for.
        announce: Called with a sentence about a dialect that is found from the source.
    """
    return given
