"""What stands in the place of IPython's shell while a note runs: ``get_ipython()`` and ``display``."""

from __future__ import annotations

import inspect
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Publish = Callable[[dict[str, Any]], None]  # of a value by its MIME types
# Methods by which objects describe themselves to notebooks, and the types of what they return.
_REPRESENTATIONS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
}


def representations(value: Any) -> dict[str, Any]:
    """Return a value by its MIME types: its ``repr``, and what it has for notebooks.

    Example:
        >>> representations(3)
        {'text/plain': '3'}
    """
    result = {"text/plain": repr(value)}
    if isinstance(value, type):
        return result
    for method, kind in _REPRESENTATIONS.items():
        represent = getattr(value, method, None)
        if callable(represent):
            text = represent()
            if isinstance(text, str):
                result[kind] = text
    return result


class _Events:
    """Hooks between cells, of which there are none; matplotlib registers one."""

    def register(self, event: str, function: Callable[..., Any]) -> None:
        pass

    unregister = register


class Shell:
    """The shell that ``get_ipython()`` returns in a note.

    Args:
        namespace: Of the note.
        publish: What shows a value.
        announce: Called with a sentence about what is left out.
    """

    kernel = None

    def __init__(self, namespace: dict[str, Any], publish: Publish, announce: Callable[[str], None]) -> None:
        self.user_ns = namespace
        self.publish = publish
        self._announce = announce
        self.execution_count = 0
        self.events = _Events()

    def display(self, *values: Any, **options: Any) -> None:
        """Show values, as ``display`` of IPython does."""
        for value in values:
            self.publish(representations(value))

    def getoutput(self, command: str) -> list[str]:
        """Run a command of the shell, ``{name}`` and ``$name`` replaced by values, and return the lines it prints."""
        done = subprocess.run(self._filled(command), shell=True, capture_output=True, text=True, errors="replace")
        return done.stdout.splitlines()

    def system(self, command: str) -> None:
        """Leave a command of the shell out, and say so."""
        self._announce(f"left out, a command for a shell: {command}")

    def run_line_magic(self, name: str, line: str = "", *_: Any) -> None:
        """Leave a magic function out, and say so."""
        self._announce(f"left out, for IPython only: %{name} {line}".rstrip())

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Leave a cell for a magic function out, and say so."""
        self._announce(f"left out, for IPython only: %%{name} {line}".rstrip())

    def magic(self, line: str) -> None:
        """Leave a magic function out, and say so."""
        self._announce(f"left out, for IPython only: %{line}")

    def write_file(self, target: str, text: str, append: bool = False) -> None:
        """Write a cell into a file, as ``%%writefile`` does."""
        path = Path(target.strip("'\""))
        exists = path.exists()
        with path.open("a" if append else "w", encoding="utf-8") as file:
            file.write(text)
        sys.stdout.write(f"{'Appending to' if append else 'Overwriting' if exists else 'Writing'} {path}\n")

    def set_variable(self, name: str, value: str) -> None:
        """Set an environment variable, as ``%env`` does."""
        os.environ[name] = value

    def run_file(self, command: str, namespace: dict[str, Any]) -> None:
        """Run a script in the namespace of the note, as ``%run`` does."""
        name, *arguments = shlex.split(command)
        before, sys.argv = sys.argv, [name, *arguments]
        try:
            exec(compile(Path(name).read_text(encoding="utf-8"), name, "exec"), namespace)
        finally:
            sys.argv = before

    def show_help(self, name: str) -> None:
        """Print the signature and the documentation of what a name stands for, as ``name?`` does."""
        value = eval(name.removesuffix("()"), self.user_ns)
        try:
            signature = str(inspect.signature(value))
        except (TypeError, ValueError):
            signature = ""
        sys.stdout.write(f"{name}{signature}\n{inspect.getdoc(value) or ''}\n")

    def _filled(self, command: str) -> str:
        for name, value in self.user_ns.items():
            if isinstance(value, (str, int, float, os.PathLike)) and name.isidentifier() and name in command:
                command = command.replace(f"{{{name}}}", str(value)).replace(f"${name}", str(value))
        return command
