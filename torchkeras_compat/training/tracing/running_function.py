"""The function that a frame runs, which Python does not say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any, NamedTuple


class Found(NamedTuple):
    """A function that runs.

    Attributes:
        value: The function, or the `partial` around it.
        namespace: The namespace of the class that it was found in; None for what is not a method.
        name: The name there.
    """

    value: Any
    namespace: Mapping[str, Any] | None = None
    name: str = ""


def function_of(frame: FrameType) -> Found | None:
    """Return the function that a frame has just begun to run, or the `partial` around it; None if it was not found.

    It is a method of the first argument, or stands in a variable of the caller or in an attribute of one.
    """
    code, caller = frame.f_code, frame.f_back
    for method in _methods(code, frame):
        if _code(method.value) is code:
            return method
    found = None
    for value in () if caller is None else _values(caller):
        if _code(value) is code and value is not found:
            if found is not None:
                return None  # two closures of the same code
            found = value
    return None if found is None else Found(found)


def inner_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of functions that other code makes each time it runs, and of those that they make."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from inner_codes(constant)


def _methods(code: CodeType, frame: FrameType) -> Iterator[Found]:
    if not code.co_argcount:
        return
    bases = type(frame.f_locals.get(code.co_varnames[0])).__mro__
    for base in bases:
        if code.co_name in base.__dict__:
            yield Found(base.__dict__[code.co_name], base.__dict__, code.co_name)
    for base in bases:
        for name, value in base.__dict__.items():
            yield Found(value, base.__dict__, name)


def _values(frame: FrameType) -> Iterator[Any]:
    for value in frame.f_locals.values():
        yield value
        try:
            yield from list(value.__dict__.values())
        except Exception:
            continue  # it has none, or code of its own that fails
    yield from frame.f_globals.values()


def _code(value: Any) -> CodeType | None:
    """Return the code of what is a function behind all that is put around one."""
    while True:
        if isinstance(value, functools.partial):
            value = value.func
        elif isinstance(value, (MethodType, staticmethod, classmethod)):
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        else:
            return value.__code__ if isinstance(value, FunctionType) else None
