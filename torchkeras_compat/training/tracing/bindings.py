"""The shortest way from Python to an operation of torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras_compat.training.tracing.program import Op, Value, with_values

_LOOKING_AT_GRAD_MODE = frozenset({"aten::mkldnn_rnn_layer"})
_BUILT_IN = ("builtin_function_or_method", "method_descriptor")


class _Caught(BaseException):
    """The operation that a call came to. Not an `Exception`: torch's own handlers let it through."""

    def __init__(self, function: Any, args: Any, kwargs: Any) -> None:
        self.call = (function, args, kwargs)


class _Catcher(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Catches the first operation, before anything is computed."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else torch imports its compiler for the class: 1 s

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise _Caught(func, args, kwargs or {})


def binding(op: Op) -> Callable[..., Any]:
    """Return a function of torch that comes to an operation with its arguments, as they are.

    Functions like ``torch.mm`` and methods like ``Tensor.add_`` take 0.5 to 1 microseconds less than
    ``torch.ops.aten.mm.default``; that they come to the same operation is tried, on tensors without memory.
    """
    if op.is_call:
        return op.function  # type: ignore[no-any-return]
    if op.function._schema.name in _LOOKING_AT_GRAD_MODE:
        return partial(_in_grad_mode, op.function._op)
    stand_ins: dict[Value, torch.Tensor] = {}

    def stand_in(value: Value) -> torch.Tensor:
        if value not in stand_ins:
            stand_ins[value] = torch.empty_strided(value.shape, value.stride, dtype=value.dtype, device="meta")
        return stand_ins[value]

    args = with_values(op.args, stand_in)
    kwargs = {name: with_values(argument, stand_in) for name, argument in op.kwargs.items()}
    wanted = _complete(op.function, args, kwargs)
    for candidate in _candidates(op):
        try:
            with torch.no_grad(), _Catcher():  # type: ignore[no-untyped-call]
                candidate(*args, **kwargs)
        except _Caught as caught:
            function, *found = caught.call
            if function is op.function and _equal(wanted, _complete(function, *found)):
                return candidate
        except Exception:  # it takes other arguments
            continue
    return op.function._op  # type: ignore[no-any-return]


def _in_grad_mode(function: Callable[..., Any], *args: Any) -> Any:
    """Call an operation that keeps what its gradient needs only while gradients are recorded; none are."""
    args = tuple([a.detach() if isinstance(a, torch.Tensor) else a for a in args])
    torch._C._set_grad_enabled(True)
    try:
        return function(*args)
    finally:
        torch._C._set_grad_enabled(False)


def _candidates(op: Op) -> Iterator[Callable[..., Any]]:
    name = op.function._schema.name.removeprefix("aten::")
    places: list[Any] = [torch, torch._C._nn]
    if op.args and isinstance(op.args[0], Value):
        places.insert(0, torch.Tensor)
    for place in places:
        found: Any = getattr(place, name, None)
        if type(found).__name__ in _BUILT_IN:
            yield found


def _complete(function: Any, args: Any, kwargs: Any) -> list[Any]:
    """Return all arguments of an operation, those that were left out too."""
    given = []
    for i, argument in enumerate(function._schema.arguments):
        default = argument.default_value if argument.has_default_value() else None
        given.append(args[i] if i < len(args) else kwargs.get(argument.name, default))
    return given


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor) or isinstance(b, torch.Tensor):
        return a is b
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(a == b) and isinstance(a, float) == isinstance(b, float)
