"""The config of an object whose class defines none: the arguments that its constructor was called with."""

from __future__ import annotations

import inspect
from typing import Any


def automatic_config(obj: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` and the arguments the constructor of ``obj`` was called with.

    Raises:
        NotImplementedError: an argument is not a plain value.
    """
    args, kwargs = obj._arguments
    signature = list(inspect.signature(type(obj).__init__).parameters.values())[1:]
    parameters = [p.name for p in signature if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    if len(args) > len(parameters):
        raise NotImplementedError(
            f"The constructor of {type(obj).__name__} takes any number of arguments, so its config cannot be taken from"
            " the constructor call. Define `get_config(self)` in the class."
        )
    defaults = {p.name: p.default for p in signature if p.default is not p.empty and p.name not in (*base, "dtype")}
    given = {**defaults, **dict(zip(parameters, args, strict=False)), **kwargs}
    for name, value in given.items():
        if not _is_plain(value):
            raise NotImplementedError(
                f"{type(obj).__name__} was made with {name}={value!r}, which is not a plain value, so its config cannot"
                " be taken from the constructor call. Define `get_config(self)` in the class: return a dict of the"
                " constructor's arguments, starting from `super().get_config()`."
            )
    accepts_all = any(p.kind is p.VAR_KEYWORD for p in signature)
    kept = {k: v for k, v in base.items() if accepts_all or k in parameters}
    return {**kept, **{k: v for k, v in given.items() if k not in kept}}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(v) for v in value.values())
    return value is None or isinstance(value, (str, int, float, bool, complex, bytes)) or hasattr(value, "get_config")
