"""One block of code of a note, compiled so that tracebacks speak of the note's own file and lines."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from types import CodeType

# What IPython adds to Python and Python does not know: `%matplotlib inline`, `!pip install`, `%%time`.
_MAGIC = re.compile(r"^\s*(%|!)")


@dataclass(frozen=True)
class Block:
    """A piece of code as it stands in a note.

    Args:
        code: The Python code, without fences and without the indentation that they share.
        first_line: Number of its first line in ``source``, from 1.
        source: Name under which tracebacks show it: the path of the note, or ``path[cell 3]`` in a notebook.
        shows_last_value: Whether the value of a last expression is printed, as notebooks do.
    """

    code: str
    first_line: int
    source: str
    shows_last_value: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines of the code."""
        return self.code.splitlines()

    @property
    def skipped_lines(self) -> list[str]:
        """The lines for IPython, which are not run."""
        return [line.strip() for line in self.lines if _MAGIC.match(line)] if self._has_magic() else []

    def names(self) -> set[str]:
        """Return every name that the code mentions; none if it cannot be parsed."""
        try:
            tree = ast.parse(self._python())
        except SyntaxError:
            return set()
        return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    def compile(self) -> tuple[CodeType, CodeType | None]:
        """Return the code to execute, and the last expression to evaluate and show, if any.

        Raises:
            SyntaxError: it is not Python; with the line numbers of the note.
        """
        tree = ast.parse("\n" * (self.first_line - 1) + self._python(), self.source)
        if not (self.shows_last_value and tree.body and isinstance(tree.body[-1], ast.Expr)):
            return compile(tree, self.source, "exec"), None
        if self._python().rstrip().endswith(";"):  # as IPython has it: no value shown
            return compile(tree, self.source, "exec"), None
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        return compile(tree, self.source, "exec"), compile(last, self.source, "eval")

    def _has_magic(self) -> bool:
        try:
            ast.parse(self.code)
        except SyntaxError:
            return True
        return False

    def _python(self) -> str:
        """The code without lines for IPython; a line that is left out leaves its number behind."""
        if not self._has_magic():
            return self.code
        if self.lines and self.lines[0].startswith("%%") and not self.lines[0].startswith(("%%time", "%%capture")):
            return ""  # a cell in another language: %%bash, %%html, ...
        return "\n".join(re.sub(r"\S.*", "pass", line) if _MAGIC.match(line) else line for line in self.lines)
