"""Names that arguments had in TensorFlow 1."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def renamed(kwargs: Mapping[str, Any], old: Mapping[str, str]) -> dict[str, Any]:
    """Return keyword arguments under their names of now; an old one that is None counts as not given.

    Args:
        kwargs: Arguments, as a user gave them.
        old: Old names, and what they are called now.

    Raises:
        ValueError: an argument is given under both names.

    Example:
        >>> renamed({"keep_dims": True, "dim": None}, {"keep_dims": "keepdims", "dim": "axis"})
        {'keepdims': True}
    """
    given = dict(kwargs)
    for name, new in old.items():
        if name not in given:
            continue
        value = given.pop(name)
        if value is None:
            continue
        if given.get(new) is not None:
            raise ValueError(f"`{name}` is the old name of `{new}`. Received both: {value!r} and {given[new]!r}")
        given[new] = value
    return given


def old_arguments(**old: str) -> Callable[[F], F]:
    """Make a function take arguments under their old names too.

    Args:
        **old: Old names, and what they are called now.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*args, **(kwargs if old.keys().isdisjoint(kwargs) else renamed(kwargs, old)))

        return call  # type: ignore[return-value]

    return decorate
