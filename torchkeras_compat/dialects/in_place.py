"""Functions of a user with ``x /= y``: a new tensor in Keras 1 and 2, where torch changes the one that there is."""

from __future__ import annotations

import dis
import inspect
from types import CodeType
from typing import Any


def changes_in_place(function: Any) -> bool:
    """Return whether a function, or one that it defines, has an operator such as ``+=``.

    Args:
        function: Any callable; one that is not written in Python has none.

    Example:
        >>> def half(x):
        ...     x /= 2
        ...     return x
        >>> changes_in_place(half), changes_in_place(lambda x: x / 2), changes_in_place(abs)
        (True, False, False)
    """
    code = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__code__", None)
    return isinstance(code, CodeType) and _has_operator(code)


def _has_operator(code: CodeType) -> bool:
    found = any(i.opname == "BINARY_OP" and i.argrepr.endswith("=") for i in dis.get_instructions(code))
    return found or any(_has_operator(part) for part in code.co_consts if isinstance(part, CodeType))
