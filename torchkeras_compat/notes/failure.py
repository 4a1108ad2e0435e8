"""A block that failed: where in the note, why, and what to do."""

from __future__ import annotations

import ast
import linecache
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from torchkeras_compat.notes.advice import advice
from torchkeras_compat.notes.block import Block

_HERE = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class Failure:
    """What went wrong in a note.

    Args:
        source: The note, the cell of a notebook, or a module of the user that it called.
        line: Number of the line in it.
        code: The line itself.
        error: The exception.
        advice: What to do; empty where there is nothing to say that the message does not.
        called_from: Where the note called the module, if that is where it failed.
    """

    source: str
    line: int
    code: str
    error: BaseException
    advice: str
    called_from: str = ""

    @property
    def headline(self) -> str:
        """Place and error on a line: ``note.md, line 3: NameError: name 'x' is not defined``."""
        message = str(self.error.msg if isinstance(self.error, SyntaxError) else self.error).strip()
        return f"{self.source}, line {self.line}: {type(self.error).__name__}" + (f": {message}" if message else "")

    def __str__(self) -> str:
        parts = [self.headline, f"    {self.line} | {self.code.strip()}"]
        if self.called_from:
            parts.append(f"Called from {self.called_from}.")
        if self.advice:
            parts.append(f"What to do: {self.advice}")
        return "\n\n".join(parts)


def failure(block: Block, error: BaseException, known_names: Iterable[str] = ()) -> Failure:
    """Return what went wrong in a block.

    Args:
        block: The block that was running.
        error: What it raised.
        known_names: Names that the block could use, to suggest one for a misspelt name.
    """
    source, line, called_from = block.source, block.first_line, ""
    if isinstance(error, SyntaxError) and error.filename == block.source:
        line = error.lineno or line
    else:
        frames = list(_users_frames(error.__traceback__, block))
        if frames:
            source, line = frames[-1].tb_frame.f_code.co_filename, _line_of_argument(frames[-1], block, error)
            in_note = [step for step in frames if _is_of_note(step, block)]
            if in_note and not _is_of_note(frames[-1], block):
                called_from = f"{in_note[-1].tb_frame.f_code.co_filename}, line {in_note[-1].tb_lineno}"
    inside = block.lines[line - block.first_line : line - block.first_line + 1] if source == block.source else []
    code = inside[0] if inside else linecache.getline(source, line)
    return Failure(source, line, code, error, advice(error, known_names), called_from)


def _users_frames(trace: types.TracebackType | None, block: Block) -> Iterator[types.TracebackType]:
    """The frames of the note, and of modules that the user wrote: not of Python, packages, or this one."""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        is_installed = "site-packages" in name or "dist-packages" in name or name.startswith((_HERE, sys.base_prefix))
        if _is_of_note(trace, block) or not (is_installed or name.startswith("<")):
            yield trace
        trace = trace.tb_next


def _is_of_note(trace: types.TracebackType, block: Block) -> bool:
    name = trace.tb_frame.f_code.co_filename
    return name == block.source or name.startswith(block.source.partition("[cell")[0] + "[cell")


def _line_of_argument(trace: types.TracebackType, block: Block, error: BaseException) -> int:
    """The line at which a frame failed; in a call over several lines, that of the argument which the error names."""
    line = trace.tb_lineno
    if trace.tb_frame.f_code.co_filename != block.source or trace.tb_next is None:
        return line
    positions = list(trace.tb_frame.f_code.co_positions())
    first, last, column, _ = positions[trace.tb_lasti // 2]
    if first is None or first == last:
        return line
    message = str(error)
    for node in ast.walk(block.tree):
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset) == (first, column) and node.end_lineno == last:
            for keyword in node.keywords:
                if keyword.arg and (f"`{keyword.arg}`" in message or f"'{keyword.arg}'" in message):
                    return keyword.lineno
            for value in (*node.args, *(k.value for k in node.keywords)):
                if isinstance(value, ast.Constant) and value.value is not None and repr(value.value) in message:
                    return value.lineno
    return line
