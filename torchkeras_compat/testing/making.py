"""Objects to check, made again as often as a check needs one."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_compat.own_code import is_own


def maker_of(thing: Any, arguments: Mapping[str, Any] | None, base: type | tuple[type, ...]) -> Callable[[], Any]:
    """Return a function that makes the object to check.

    Args:
        thing: A class, a function that makes an object, or an object, of which copies are checked.
        arguments: Arguments of the class or function.
        base: Class of the objects of this kind.

    Raises:
        TypeError: ``thing`` is none of these.
    """
    given = dict(arguments or {})
    if isinstance(thing, base):
        if given:
            raise TypeError(
                f"`arguments` are for a class or a function, and an object of {type(thing).__name__} was given. "
                "Give the class."
            )
        return lambda: copy.deepcopy(thing)
    if not callable(thing):
        raise TypeError(
            f"A class, a function that makes an object, or an object is checked. Received: {thing!r:.80} of type "
            f"{type(thing).__name__}."
        )
    return lambda: thing(**copy.deepcopy(given))  # a layer among the arguments is not to be shared


def name_of(thing: Any) -> str:
    """Return the name of a class, function or object for reports."""
    if inspect.isclass(thing) or inspect.isfunction(thing):
        return thing.__name__
    return type(thing).__name__


def missing_arguments(cls: Any, given: Mapping[str, Any]) -> list[str]:
    """Return the arguments without default that ``cls`` needs and ``given`` lacks.

    Example:
        >>> class Scaled:
        ...     def __init__(self, factor, power=2): ...
        >>> missing_arguments(Scaled, {})
        ['factor']
    """
    try:
        parameters = inspect.signature(cls).parameters.values()
    except ValueError:  # of a class made in C
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p.name for p in parameters if p.kind in positional and p.default is p.empty]
    needed += [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    return [name for name in needed if name not in given]


def custom_objects_of(obj: Any) -> dict[str, Any]:
    """Return the names under which the class of ``obj`` may stand in a config, for a class that is not built in."""
    cls = type(obj)
    if is_own(cls):
        return {}
    return {cls.__name__: cls}
