"""Code with prompts, as a session shows it: ``>>> x = 1`` or ``In [1]: x = 1``, with outputs between."""

from __future__ import annotations

import codeop
import re

_PROMPT = re.compile(r"^\s*(?:>>>[ ]?|\.\.\.(?:[ ]|$)|In ?\[\d*\]:[ ]?|\s+\.{3,}:[ ]?)")
_FIRST = re.compile(r"^\s*(?:>>>|In ?\[\d*\]:)")
_NEXT = re.compile(r"^\s*(?:\.\.\.(?:[ ]|$)|\.{3,}:)")


def has_prompts(code: str) -> bool:
    """Return whether the first line of code, comments aside, has a prompt.

    Example:
        >>> has_prompts("# a session\\n>>> x"), has_prompts("x = 1")
        (True, False)
    """
    lines = (line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return bool(_FIRST.match(next(lines, "")))


def without_prompts(code: str) -> str:
    """Return the code behind prompts, outputs blanked, with as many lines.

    A statement whose brackets are open goes on in the lines below, with or without prompts.

    Example:
        >>> without_prompts(">>>f(1,\\n     2)\\n3")
        'f(1,\\n     2)\\n'
    """
    result: list[str] = []
    statement: list[str] = []
    for line in code.split("\n"):
        if _FIRST.match(line):
            statement = [_PROMPT.sub("", line, count=1)]
        elif statement and _NEXT.match(line):
            statement.append(_PROMPT.sub("", line, count=1))
        elif statement and _is_open(statement):
            statement.append(line)
        else:
            statement = []
            result.append("")
            continue
        result.append(statement[-1])
    return "\n".join(result)


def _is_open(lines: list[str]) -> bool:
    try:
        return codeop.compile_command("\n".join(lines)) is None and not lines[-1].rstrip().endswith(":")
    except (SyntaxError, ValueError, OverflowError):
        return False
