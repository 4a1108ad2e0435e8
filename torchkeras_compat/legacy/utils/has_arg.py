"""Whether a function takes an argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def has_arg(fn: Callable[..., Any], name: str, accept_all: bool = False) -> bool:
    """Return whether a function takes an argument by its name.

    Args:
        fn: The function, or a class.
        name: Of the argument.
        accept_all: Whether ``**kwargs`` counts, which takes every name.

    Example:
        >>> has_arg(lambda x, *, y=0: x, "y"), has_arg(lambda **kwargs: 0, "y", accept_all=True)
        (True, True)

    Source: Keras 2.15 API, utils/generic_utils.
    """
    parameters = inspect.signature(fn).parameters
    found = parameters.get(name)
    if found is None or found.kind in (found.VAR_POSITIONAL, found.VAR_KEYWORD):
        return accept_all and any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return found.kind is not found.POSITIONAL_ONLY
