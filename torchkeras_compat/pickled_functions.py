"""Functions that are made of others, in pickles: what makes them, and the functions that they are made of.

Python pickles a function by its name, under which its module has another one than a wrapper made later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]
_MADE_BY = "_made_by"


class _Remade:
    """Stands for a function in a pickle or copy."""

    def __init__(self, maker: Function, of: Any) -> None:
        self.maker = maker
        self.of = of

    def __reduce__(self) -> tuple[Function, tuple[Any]]:
        return self.maker, (self.of,)


def made_by(maker: Function, of: Function, function: Any) -> None:
    """Note what makes a function, for pickles of objects that hold it.

    Args:
        maker: Function that can be pickled; called with ``of`` it returns such a function again.
        of: What the function is made of.
        function: The function.
    """
    setattr(function, _MADE_BY, (maker, of, function))


def picklable(function: Any) -> Any:
    """Return what to pickle in place of a function; everything else as it is.

    Args:
        function: The function, or any value.

    Example:
        >>> picklable(len)
        <built-in function len>
    """
    maker, of, made = getattr(function, "__dict__", {}).get(_MADE_BY, (None, None, None))
    return _Remade(maker, picklable(of)) if made is function and maker is not None else function


def unmade(function: Any) -> Any:
    """Return the function of which a function is made in the end, which has a name; everything else as it is.

    Example:
        >>> unmade(len)
        <built-in function len>
    """
    while True:
        _, of, made = getattr(function, "__dict__", {}).get(_MADE_BY, (None, None, None))
        if made is not function or not callable(of):
            return function
        function = of
