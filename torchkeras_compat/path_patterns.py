"""Patterns that choose variables and layers by paths: matched as `re` does, within a budget where a file brings them.

A regular expression of a few characters can take hours on a name of forty (``(a+)+$``), and a file brings both.
"""

from __future__ import annotations

import contextvars
import functools
import re
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from torchkeras_compat.errors import FileLimitError

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


class Steps:
    """What is left of the steps that the patterns of one file may take, all of them together.

    Args:
        left: Steps: characters that may be looked at, in the worst case.
    """

    def __init__(self, left: int = 10**8) -> None:
        self.left = left

    def take(self, pattern: str, length: int) -> None:
        """Count the steps of matching a pattern with a path of this length.

        Raises:
            FileLimitError: no more are left.
        """
        self.left -= _steps_of(pattern, length)
        if self.left < 0:
            raise FileLimitError(
                f"The pattern {pattern!r:.80} of the file may take for ever on a path of {length} characters. Patterns"
                " in files have no repetition inside of another one, and few of them. Compile the model again, or set"
                " its policies, in your program."
            )


# The budget of the file that is being read; None: patterns come from the program.
reading: contextvars.ContextVar[Steps | None] = contextvars.ContextVar("steps", default=None)


def matching(patterns: Iterable[str], path: str, steps: Steps | None, whole: bool = True) -> list[str]:
    """Return the patterns that match a path.

    Args:
        patterns: Regular expressions.
        path: Path of a layer or variable.
        steps: Budget of the file that brought the patterns; None for those of the program.
        whole: Whether they are to match all of the path; else a part.

    Raises:
        FileLimitError: the patterns of a file may take too long.

    Example:
        >>> matching([".*/bias", "dense"], "dense/bias", None)
        ['.*/bias']
    """
    found = []
    for pattern in patterns:
        if steps is not None:
            steps.take(pattern, len(path) if whole else len(path) ** 2)
        if (re.fullmatch if whole else re.search)(pattern, path):
            found.append(pattern)
    return found


@functools.lru_cache(maxsize=1024)
def _steps_of(pattern: str, length: int) -> int:
    return _most_steps(parser.parse(pattern), length) + len(pattern)


def _most_steps(parsed: Any, length: int) -> int:
    """An upper bound of the steps of a backtracking match, 10^18 if it may be exponential."""
    steps = 1
    for code, argument in parsed:
        if code in _REPEATS:
            least, most, inner = argument
            choices = min(most, length) - min(least, length) + 1
            once = _most_steps(inner, length)
            steps *= (choices + length) if once == 1 else choices * once if most <= 1 else 10**18
        elif code is codes.BRANCH:
            steps *= sum(_most_steps(branch, length) for branch in argument[1])
        elif code is codes.SUBPATTERN:
            steps *= _most_steps(argument[-1], length)
        elif code not in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.AT):
            return 10**18  # groups that refer to others, and what looks ahead
        steps = min(steps, 10**18)
    return steps
