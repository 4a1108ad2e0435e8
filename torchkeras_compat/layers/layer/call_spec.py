"""Which arguments a layer's `call` and `build` take; read from the signatures once a class."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

_NOT_TENSORS = ("training", "mask")


class CallSpec:
    """Signature of a ``call`` method, without ``self``."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.signature = inspect.signature(function)
        parameters = list(self.signature.parameters.values())[1:]
        self.names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.keyword_names = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        self.variadic = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
        self.accepts_any_keyword = any(p.kind is p.VAR_KEYWORD for p in parameters)
        known = {*self.names, *self.keyword_names}
        self.known = known
        self.required = [
            p.name
            for p in parameters
            if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        self.has_training = "training" in known
        self.trains_by_default = self.has_training and self.signature.parameters["training"].default is True
        self.has_mask = "mask" in known
        self.mask_names = [name for name in known if name.endswith("_mask") and name.removesuffix("_mask") in known]
        self.first = self.names[0] if self.names else self.variadic
        others = [i for i, name in enumerate(self.names) if name in _NOT_TENSORS or name.endswith("_mask")]
        self.tensors_by_position = others[0] if others else len(self.names)

    def takes(self, name: str) -> bool:
        """Return whether ``call`` has a parameter of this name."""
        return name in self.known or name == self.variadic or self.accepts_any_keyword

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the given arguments by name; variadic ones under the name of the star argument."""
        named = dict(zip(self.names, args, strict=False))
        if self.variadic and len(args) > len(self.names):
            rest = args[len(self.names) :]
            named[self.variadic] = rest[0] if len(rest) == 1 else list(rest)
        named.update(kwargs)
        return named


@functools.lru_cache(maxsize=2048)
def call_spec(function: Callable[..., Any]) -> CallSpec:
    """Return the spec of a class's ``call`` function."""
    return CallSpec(function)


@functools.lru_cache(maxsize=2048)
def build_arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the shape arguments of a class's ``build`` function."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
