"""Running a note: its blocks in order, in one namespace, with `keras` meaning this package."""

from __future__ import annotations
import __future__ as future

import ast
import builtins
import contextlib
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.notes.block import Block
from torchkeras_compat.notes.dialect import chosen_dialect
from torchkeras_compat.notes.failure import Failure, failure
from torchkeras_compat.notes.figures import Figures, has_display
from torchkeras_compat.notes.ipython_modules import IPythonModules
from torchkeras_compat.notes.late_names import LateNames, Use
from torchkeras_compat.notes.made_up.needs import Needs
from torchkeras_compat.notes.made_up.samples import Samples
from torchkeras_compat.notes.made_up.supply import Supply
from torchkeras_compat.notes.namespace import Predefined, all_names, predefined
from torchkeras_compat.notes.note import Note
from torchkeras_compat.notes.placeholders import runnable
from torchkeras_compat.notes.shell import Shell, representations

_FUTURE = sum(getattr(future, name).compiler_flag for name in future.all_feature_names)


class Listener(Protocol):
    """Hears what the blocks of a note do; see :class:`torchkeras_compat.notes.saved_notebook.SavedNotebook`."""

    def begin(self, block: Block) -> None:
        """A block is about to run."""

    def show(self, data: dict[str, Any], *, is_result: bool) -> None:
        """A block shows a value, by its MIME types."""

    def figure(self, figure: Any) -> None:
        """A block shows a figure of matplotlib."""

    def end(self, block: Block, failed: Failure | None) -> None:
        """A block has run."""


def say(text: str) -> None:
    """Print a sentence of the runner, apart from what the note prints."""
    sys.stdout.flush()
    print(text, file=sys.stderr)


@dataclass
class RunOptions:
    """How a note runs.

    Args:
        makes_up: Whether arrays and constants that a note never defines are made; None for Markdown only.
        keeps_going: Whether the blocks behind one that fails run, too.
        table: Data of the user, in place of made-up arrays; called with what a model needs.
        announce: Called with each sentence of the runner.
        listener: Hears what the blocks do.
    """

    makes_up: bool | None = None
    keeps_going: bool = False
    table: Callable[[Needs | None], dict[str, Samples]] | None = None
    announce: Callable[[str], None] = say
    listener: Listener | None = None


def run_note(
    note: Note,
    names: Mapping[str, Any] | None = None,
    dialect: str | None = None,
    options: RunOptions | None = None,
) -> list[Failure]:
    """Run the blocks of a note; stop at the first that fails, unless it keeps going.

    Printed output goes where it goes. ``keras`` and ``tensorflow.keras`` mean this package meanwhile, and in Markdown
    notes the names of Keras need no import. ``SystemExit`` is passed on.

    Args:
        note: From :func:`torchkeras_compat.notes.note.read_note`.
        names: Further names that its code may use.
        dialect: Of `install_as_keras`; None to find it from the code.
        options: How to run it.

    Returns:
        What went wrong; an empty list if nothing.

    Example:
        >>> from pathlib import Path
        >>> print_it = Block("print(keras.layers.Dense.__name__)", 1, "note.md")
        >>> run_note(Note(Path("note.md"), "markdown", [print_it]))
        Dense
        []
    """
    options = options or RunOptions()
    with install_as_keras(dialect=chosen_dialect(note, dialect, options.announce)):
        return _Run(note, names or {}, options).run()


@dataclass
class _Run:
    """One run of a note."""

    note: Note
    names: Mapping[str, Any]
    options: RunOptions
    flags: int = 0
    place: tuple[int, int] = (0, 0)  # the block that runs, and its statement
    failures: list[Failure] = field(default_factory=list)

    def run(self) -> list[Failure]:
        module = types.ModuleType("__main__")
        self.namespace = module.__dict__
        self.namespace["__file__"] = str(self.note.path)
        self.namespace.update(self.names)
        self.shell = Shell(self.namespace, self._show, self.options.announce)
        self.late = LateNames()
        self.late.update(get_ipython=lambda: self.shell, display=self.shell.display)
        self._choose_finders()
        self.namespace["__builtins__"] = self.late
        outer = sys.modules.get("__main__")
        sys.modules["__main__"] = module  # pickling and `typing.get_type_hints` look classes of the note up there
        try:
            with IPythonModules(self.shell), self._figures():
                self._run_blocks()
        finally:
            if outer is not None:
                sys.modules["__main__"] = outer
        return self.failures

    def _choose_finders(self) -> None:
        is_markdown = self.note.kind == "markdown"
        makes_up = is_markdown if self.options.makes_up is None else self.options.makes_up
        if is_markdown:
            self.late.finders.append(Predefined(self.namespace))
        if makes_up or self.options.table is not None:
            supply = Supply(
                self.namespace,
                self._ahead,
                self.options.announce,
                self.options.table,
                makes_up=makes_up,
                classes=lambda: (predefined("Sequential"), predefined("Dense")),
            )
            self.late.finders.append(supply)

    def _figures(self) -> contextlib.AbstractContextManager[object]:
        if has_display() and self.options.listener is None and self.note.kind != "notebook":
            return contextlib.nullcontext()
        return Figures(self._figure)

    def _run_blocks(self) -> None:
        listener = self.options.listener
        for number, block in enumerate(self.note.blocks):
            failed = None
            if listener is not None:
                listener.begin(block)
            try:
                self._run_block(number, block)
            except SystemExit:
                if listener is not None:
                    listener.end(block, None)
                raise
            except BaseException as error:
                is_markdown = self.note.kind == "markdown"
                failed = failure(block, error, [*self.namespace, *(all_names() if is_markdown else ())])
                self.failures.append(failed)
            if listener is not None:
                listener.end(block, failed)
            if failed is not None and (not self.options.keeps_going or isinstance(failed.error, KeyboardInterrupt)):
                break

    def _run_block(self, number: int, block: Block) -> None:
        for notice in block.notices:
            self.options.announce(notice)
        self.late.know(block.source, block.tree)
        self.shell.execution_count += 1
        body = block.tree.body
        for position, statement in enumerate(body):
            self.place = (number, position)
            shows = block.shows_last_value and position == len(body) - 1 and not block.hides_last_value
            if block.repairs:
                for changed, notice in runnable(statement, self._known):
                    if notice:
                        self.options.announce(f"{block.source}, line {statement.lineno}: {notice}")
                    if changed is not None and changed is not statement:
                        self.late.know(block.source, ast.Module([changed], []))
                    if changed is not None:
                        self._run_statement(changed, block.source, shows)
            else:
                self._run_statement(statement, block.source, shows)

    def _run_statement(self, statement: ast.stmt, source: str, shows: bool) -> None:
        if shows and isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), source, "eval", self.flags, True), self.namespace)
            if value is not None:
                self._show(representations(value), is_result=True)
            return
        code = compile(ast.Module([statement], []), source, "exec", self.flags, True)
        self.flags |= code.co_flags & _FUTURE
        exec(code, self.namespace)

    def _known(self, name: str) -> bool:
        return name in self.namespace or hasattr(builtins, name)

    def _ahead(self, use: Use) -> list[ast.AST]:
        """Statements behind the one that runs: of its block, and of those that follow."""
        number, position = self.place
        found: list[ast.AST] = list(self.note.blocks[number].tree.body[position + 1 :])
        for block in self.note.blocks[number + 1 :]:
            with contextlib.suppress(SyntaxError):
                found.extend(block.tree.body)
        return found

    def _show(self, data: dict[str, Any], *, is_result: bool = False) -> None:
        sys.stdout.write(f"{data.get('text/plain', '')}\n")
        if self.options.listener is not None:
            self.options.listener.show(data, is_result=is_result)

    def _figure(self, figure: Any) -> None:
        if self.options.listener is not None:
            self.options.listener.figure(figure)
