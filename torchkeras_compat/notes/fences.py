"""The language that the opening line of a code block names."""

from __future__ import annotations

import re

_PYTHON = re.compile(
    r"^(?:i?python|i?py|pycon|ipy|python-repl|py-repl|pythonconsole|jupyter-python)(?:[23](?:\.\d+)*)?$"
)
# Directives of MyST and Sphinx: ```{code-block} python
_DIRECTIVE = re.compile(r"^\{(?P<name>[\w:-]+)\}\s*(?P<argument>\S*)")
_WITH_ARGUMENT = ("code-block", "code", "sourcecode", "prompt")
_ALWAYS_PYTHON = ("code-cell", "jupyter-execute", "ipython", "doctest", "testcode", "plot", "exec_code", "execute_code")


def language(info: str) -> str:
    """Return ``"python"``, the name of another language in lowercase, or ``""`` where none is named.

    Args:
        info: What stands behind the fence.

    Example:
        >>> [language(info) for info in ("python3.9", "{.py .numberLines}", "{code-cell} ipython3", "bash", "")]
        ['python', 'python', 'python', 'bash', '']
    """
    directive = _DIRECTIVE.match(info.strip())
    if directive and directive["name"] in _ALWAYS_PYTHON:
        return "python" if not directive["argument"] else language(directive["argument"])
    if directive and directive["name"] in _WITH_ARGUMENT:
        return language(directive["argument"])
    words = re.split(r"[\s,:{}=;()\[\]|]+", info.strip().lstrip("{. "), maxsplit=1)
    name = words[0].lower().lstrip(".").removeprefix("language-").removeprefix("lang-")
    return "python" if _PYTHON.match(name) else name


def is_directive(info: str) -> bool:
    """Return whether an opening line is that of a directive, whose body may begin with options.

    Example:
        >>> is_directive("{code-cell}"), is_directive("{.python}")
        (True, False)
    """
    directive = _DIRECTIVE.match(info.strip())
    return bool(directive) and directive["name"] in (*_ALWAYS_PYTHON, *_WITH_ARGUMENT)  # type: ignore[index]
