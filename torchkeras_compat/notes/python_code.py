"""The Python in a piece of published code: without what is there for readers, for a shell or for IPython."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

from torchkeras_compat.notes.brackets import is_python
from torchkeras_compat.notes.magics import Notice, has_magic, without_magics
from torchkeras_compat.notes.prompts import has_prompts, without_prompts
from torchkeras_compat.notes.slips import repaired, with_print_functions


@dataclass(frozen=True)
class PythonCode:
    """Python for a block, with as many lines.

    Args:
        code: The code; it may still not be Python.
        notices: Pairs of a line, from 0, and what was left out or repaired there.
    """

    code: str
    notices: list[Notice] = field(default_factory=list)


def python_code(text: str, *, repairs: bool = True) -> PythonCode:
    """Return the Python of a block; text that is Python as it stands is not touched.

    Args:
        text: The block.
        repairs: Whether to look for what only published text has; else for prompts, lines for IPython
            and the print statements of Python 2 only.

    Example:
        >>> python_code("x = “one”").code
        'x = "one"'
    """
    if has_prompts(text):
        text = without_prompts(text)
    if is_python(text):
        return PythonCode(text)
    notices: list[Notice] = []
    if has_magic(text):
        text, notices = without_magics(text)
    if is_python(text):
        return PythonCode(text, notices)
    if not repairs:
        text, further = with_print_functions(text)
        return PythonCode(text, notices + further)
    dedented = textwrap.dedent(text)
    if is_python(dedented):
        return PythonCode(dedented, notices)
    text, further = repaired(dedented)
    return PythonCode(text, sorted(notices + further))
