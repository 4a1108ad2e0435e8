"""Running a note: its blocks in order, in one namespace, with `keras` meaning this package."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.failure import Failure, failure
from torchkeras_compat.notes.namespace import all_names, predefined
from torchkeras_compat.notes.note import Note


def run_note(note: Note, names: Mapping[str, Any] | None = None) -> Failure | None:
    """Run the blocks of a note; stop at the first that fails.

    Printed output goes where it goes. ``keras`` and ``tensorflow.keras`` mean this package meanwhile, and in Markdown
    notes the names of Keras need no import. ``SystemExit`` is passed on.

    Args:
        note: From :func:`torchkeras_compat.notes.note.read_note`.
        names: Further names that its code may use, such as its data.

    Returns:
        None, or what went wrong.

    Example:
        >>> from pathlib import Path
        >>> print_it = Block("print(keras.layers.Dense.__name__)", 1, "note.md")
        >>> run_note(Note(Path("note.md"), "markdown", [print_it]))
        Dense
    """
    module = types.ModuleType("__main__")
    namespace = module.__dict__
    namespace["__file__"] = str(note.path)
    namespace.update(names or {})
    outer = sys.modules.get("__main__")
    sys.modules["__main__"] = module  # pickling and `typing.get_type_hints` look classes of the note up there
    try:
        with install_as_keras():
            is_markdown = note.kind == "markdown"
            if is_markdown:
                mentioned = set().union(*(block.names() for block in note.blocks))
                namespace.update(predefined(mentioned - set(namespace) - set(vars(builtins))))
            for block in note.blocks:
                try:
                    run_block(block, namespace)
                except SystemExit:
                    raise
                except BaseException as error:
                    return failure(block, error, [*namespace, *(all_names() if is_markdown else ())])
    finally:
        if outer is not None:
            sys.modules["__main__"] = outer
    return None


def run_block(block: Block, namespace: dict[str, Any]) -> None:
    """Run one block; show its last value if it is of a kind that shows it."""
    for line in block.skipped_lines:
        print(f"{block.source}: left out, for IPython only: {line}", file=sys.stderr)
    body, last = block.compile()
    exec(body, namespace)
    if last is not None:
        value = eval(last, namespace)
        if value is not None:
            print(repr(value))
