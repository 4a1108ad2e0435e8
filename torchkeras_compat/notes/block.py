"""One block of code of a note, compiled so that tracebacks speak of the note's own file and lines."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass

from torchkeras_compat.notes.python_code import PythonCode, python_code


@dataclass(frozen=True)
class Block:
    """A piece of code as it stands in a note.

    Args:
        code: The code, without fences and without the indentation that they share.
        first_line: Number of its first line in ``source``, from 1.
        source: Name under which tracebacks show it: the path of the note, or ``path[cell 3]`` in a notebook.
        shows_last_value: Whether the value of a last expression is printed, as notebooks do.
        repairs: Whether slips of published text (typographic quotes, shell lines, ...) are repaired or left out.
        cell: Index of the cell of a notebook, from 0; None elsewhere.
    """

    code: str
    first_line: int
    source: str
    shows_last_value: bool = False
    repairs: bool = True
    cell: int | None = None

    @property
    def lines(self) -> list[str]:
        """The lines of the code."""
        return self.code.splitlines()

    @property
    def python(self) -> str:
        """The Python of the code, with as many lines; it may still not be Python."""
        return self._python.code

    @property
    def notices(self) -> list[str]:
        """What was left out or repaired, a line each: ``note.md, line 3: left out, for a shell: pip install keras``."""
        return [f"{self._place(line)}: {text}" for line, text in self._python.notices]

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The code as a syntax tree with the line numbers of the note.

        Raises:
            SyntaxError: it is not Python; with the line numbers of the note.
        """
        return ast.parse("\n" * (self.first_line - 1) + self._python.code, self.source)

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Every name that the code mentions; none if it cannot be parsed."""
        try:
            return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))
        except SyntaxError:
            return frozenset()

    @property
    def hides_last_value(self) -> bool:
        """Whether the code ends with a semicolon: then no value is shown, as IPython has it."""
        return self._python.code.rstrip().endswith(";")

    @functools.cached_property
    def _python(self) -> PythonCode:
        return python_code(self.code, repairs=self.repairs)

    def _place(self, line: int) -> str:
        return f"{self.source}, line {self.first_line + line}"
