"""Functions that stay outside the graphs of `torch.compile`, and what is said where a graph may have no break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

import torch

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def outside_graphs(reason: str) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Return a decorator of functions that `torch.compile` calls and does not trace: the graph breaks there.

    Call such a function only where ``torch.compiler.is_dynamo_compiling()``: its call imports the compiler.

    Args:
        reason: Why, and what to do instead: torch's error says it where ``fullgraph=True`` allows no break.
    """

    def mark(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        # torch's own, unlike `torch.compiler.disable`, imports the compiler (1 s) when it is called and not before.
        outside: Any = torch._disable_dynamo(function)
        # Where the compiler looks for the reason; without it, it says that torch's developers forbade the tracing.
        outside._torchdynamo_disable = True
        outside._torchdynamo_disable_msg = reason
        found: Callable[_Parameters, _Result] = outside
        return found

    return mark


class _Caller(Protocol):
    def __call__(self, function: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> _Result: ...


def caller_outside_graphs(reason: str) -> _Caller:
    """Return a function that calls another one, its first argument, where `torch.compile` leaves the graph.

    Args:
        reason: As for `outside_graphs`.
    """

    def call(function: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> _Result:
        return function(*args, **kwargs)

    return outside_graphs(reason)(call)
