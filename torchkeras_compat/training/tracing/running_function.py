"""The function that a frame runs, which Python does not say."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any


def callable_of(frame: FrameType) -> Any:
    """Return the function that a frame has just begun to run, or the `partial` around it; None if it was not found.

    It is a method of the first argument, or stands in a variable of the caller or in an attribute of one.
    """
    code, caller = frame.f_code, frame.f_back
    for method in _methods(code, frame):
        if isinstance(method, FunctionType) and method.__code__ is code:
            return method
    found = None
    for value in () if caller is None else _values(caller):
        function = _unwrapped(value)
        if isinstance(function, FunctionType) and function.__code__ is code and value is not found:
            if found is not None:
                return None  # two closures of the same code
            found = value
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
        yield found.fget if isinstance(found, property) else found


def _values(frame: FrameType) -> Iterator[Any]:
    for value in frame.f_locals.values():
        yield value
        try:
            yield from list(value.__dict__.values())
        except Exception:
            continue  # it has none, or code of its own that fails
    yield from frame.f_globals.values()


def _unwrapped(value: Any) -> Any:
    while isinstance(value, (functools.partial, MethodType)):
        value = value.func if isinstance(value, functools.partial) else value.__func__
    return value
