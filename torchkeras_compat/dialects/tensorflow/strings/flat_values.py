"""Functions of strings, called on ragged tensors too: on their values."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def of_flat_values(function: F) -> F:
    """Make a function of each string of one whose first argument may be ragged.

    Args:
        function: Its first argument becomes a tensor of the values, and its result the values of a ragged tensor.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if args and hasattr(args[0], "flat_values"):
            return args[0].with_flat_values(call(args[0].flat_values, *args[1:], **kwargs))
        if not args and hasattr(kwargs.get("input"), "flat_values"):
            return call(kwargs.pop("input"), **kwargs)
        return function(*args, **kwargs)

    return call  # type: ignore[return-value]
