"""A block that failed: where in the note, why, and what to do."""

from __future__ import annotations

import builtins
import linecache
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from torchkeras_compat.errors import nearest
from torchkeras_compat.notes.block import Block

PROVIDED = ("keras", "tensorflow", "tf_keras")


@dataclass(frozen=True)
class Failure:
    """What went wrong in a note.

    Args:
        source: The note, or the cell of a notebook.
        line: Number of the line in it.
        code: The line itself.
        error: The exception.
        advice: What to do.
    """

    source: str
    line: int
    code: str
    error: BaseException
    advice: str

    def __str__(self) -> str:
        message = str(self.error.msg if isinstance(self.error, SyntaxError) else self.error).strip()
        kind = type(self.error).__name__
        head = (
            f"{self.source}, line {self.line}: {kind}: {message}"
            if message
            else f"{self.source}, line {self.line}: {kind}"
        )
        return f"{head}\n\n    {self.line} | {self.code.strip()}\n\nWhat to do: {self.advice}"


def failure(block: Block, error: BaseException, known_names: Iterable[str] = ()) -> Failure:
    """Return what went wrong in a block.

    Args:
        block: The block that was running.
        error: What it raised.
        known_names: Names that the block could use, to suggest one for a misspelt name.
    """
    source, line = block.source, block.first_line
    if isinstance(error, SyntaxError) and error.filename == block.source:
        line = error.lineno or line
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == block.source or frame.filename.startswith(
                block.source.partition("[cell")[0] + "[cell"
            ):
                source, line = frame.filename, frame.lineno or line
    inside = block.lines[line - block.first_line : line - block.first_line + 1] if source == block.source else []
    code = inside[0] if inside else linecache.getline(source, line)
    return Failure(source, line, code, error, _advice(error, known_names))


def _advice(error: BaseException, known_names: Iterable[str]) -> str:
    if isinstance(error, NameError) and error.name:
        return (
            f"{error.name!r} is not defined above this line. Define it in an earlier block, or import it."
            f"{nearest(error.name, [*known_names, *vars(builtins)])}"
        )
    if isinstance(error, ModuleNotFoundError) and error.name:
        root = error.name.partition(".")[0]
        if root in PROVIDED:
            return f"import the name from elsewhere; there is no module {error.name!r}. See `dir(keras)`."
        return f"install the package that provides {root!r} (often: pip install {root}), or take the line out."
    if isinstance(error, ImportError) and error.name in sys.modules:
        _, _, quoted = str(error).partition("cannot import name ")
        hint = nearest(quoted.split("'")[1], dir(sys.modules[error.name])) if quoted else ""
        return f"import another name from {error.name!r}, or this one from elsewhere.{hint}"
    if isinstance(error, SyntaxError):
        return "correct this line of the note; it is not Python as it stands."
    if isinstance(error, FileNotFoundError):
        return "give a path that exists, relative to the folder in which the command runs."
    if isinstance(error, KeyboardInterrupt):
        return "the run was interrupted; start it again."
    return "change this line as the message says. `--traceback` shows the calls that led to it."
