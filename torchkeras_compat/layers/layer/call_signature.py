"""`forward` with the signature of `call`, which `torch.export`, `torch.onnx` and `torch.fx` read."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


def stands_for_call(forward: _Function) -> _Function:
    """Mark a ``forward(*args, **kwargs)`` that hands its arguments on to ``call``, whose signature says them."""
    forward._stands_for_call = True  # type: ignore[attr-defined]
    return forward


def give_call_signature(cls: Any) -> None:
    """Let ``inspect.signature`` of the ``forward`` of a class of layers be that of its ``call``.

    The class gets a copy of the function that it inherits, so that a call goes through no further frame.
    A ``forward`` that a class defines for itself stays as it is, also in the classes below it.
    """
    if getattr(cls.__dict__.get("forward"), "_is_copy", False):
        type.__delattr__(cls, "forward")  # past the classes of dialects, which hand assignments on to those of the core
    if "forward" in cls.__dict__:
        return
    functions = [base.__dict__["forward"] for base in cls.__mro__ if "forward" in base.__dict__]
    found = next(function for function in functions if not getattr(function, "_is_copy", False))
    if getattr(found, "_stands_for_call", False) and isinstance(cls.call, types.FunctionType):
        type.__setattr__(cls, "forward", _with_signature(found, cls.call))
    elif functions[0] is not found:  # a copy of another one hides it
        type.__setattr__(cls, "forward", found)


def _with_signature(function: types.FunctionType, call: Callable[..., Any]) -> types.FunctionType:
    # Code of its own: what Dynamo has compiled, counted or given up on is kept by code object.
    code, defaults, closure = function.__code__.replace(), function.__defaults__, function.__closure__
    copy: Any = types.FunctionType(code, function.__globals__, function.__name__, defaults, closure)
    copy.__doc__, copy.__module__, copy.__qualname__ = function.__doc__, function.__module__, function.__qualname__
    copy._is_copy = True
    copy.__wrapped__ = call  # which `inspect.signature` follows
    return copy  # type: ignore[no-any-return]
