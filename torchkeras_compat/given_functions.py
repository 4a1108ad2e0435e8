"""Functions of a user that the core calls with plain tensors, in a dialect whose code expects tensors of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from torchkeras_compat.overrides import OVERRIDES


class GivenFunction:
    """A function of a user, as the core calls it; equal to the function, so that registered names are found.

    Args:
        function: What the user gave.
        called: What is called in its place.

    Example:
        >>> given = GivenFunction(abs, lambda x: abs(x) + 1)
        >>> given(-2), given == abs, given.__name__
        (3, True, 'abs')
    """

    def __init__(self, function: Callable[..., Any], called: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.called = called

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.called(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return self.function == (other.function if isinstance(other, GivenFunction) else other)

    def __hash__(self) -> int:
        return hash(self.function)

    def __reduce__(self) -> Any:
        return for_the_core, (self.function,)

    def __deepcopy__(self, memo: Any) -> GivenFunction:
        return self

    def __repr__(self) -> str:
        return repr(self.function)


def for_the_core(function: Any) -> Any:
    """Return an activation, initializer, regularizer, constraint or function of a layer as the core calls it.

    Args:
        function: What a user gave: itself, unless code of a dialect with tensors of its own is about.
    """
    return function if OVERRIDES.tensors is None else OVERRIDES.tensors.given(function)


def as_given(function: Any) -> Any:
    """Return the function of the user, for what the core calls."""
    return function.function if isinstance(function, GivenFunction) else function
