"""The function that a frame runs, which Python does not say."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any


def function_of(frame: FrameType) -> FunctionType | None:
    """Return the function that a frame runs, which was called a moment ago; None if it was not found.

    It is a method of the first argument, or stands in a variable of the caller or in an attribute of one.
    """
    code, caller = frame.f_code, frame.f_back
    for candidate in _methods(code, frame):
        if isinstance(candidate, FunctionType) and candidate.__code__ is code:
            return candidate
    found = None
    for candidate in () if caller is None else _values(caller):
        if isinstance(candidate, FunctionType) and candidate.__code__ is code and candidate is not found:
            if found is not None:
                return None  # two closures of the same code
            found = candidate
    return found


def inner_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of functions that other code makes each time it runs, and of those that they make."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from inner_codes(constant)


def _methods(code: CodeType, frame: FrameType) -> Iterator[Any]:
    if not code.co_argcount:
        return
    first = frame.f_locals.get(code.co_varnames[0])
    for base in type(first).__mro__:
        found = base.__dict__.get(code.co_name)
        yield getattr(found, "fget", found)


def _values(frame: FrameType) -> Iterator[Any]:
    for value in frame.f_locals.values():
        yield value
        yield getattr(value, "__func__", None)
        yield from list(getattr(value, "__dict__", {}).values())
    yield from frame.f_globals.values()
