"""Methods marked as those of a base class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def default(method: Method) -> Method:
    """Mark a method of a base class, so that :func:`is_default` tells whether a subclass has its own.

    Args:
        method: The method.

    Example:
        >>> class Base:
        ...     @default
        ...     def run(self): ...
        >>> class Own(Base):
        ...     def run(self): ...
        >>> is_default(Base().run), is_default(Own().run)
        (True, False)

    Source: Keras 2.15 API, utils/generic_utils.
    """
    method._is_default = True  # type: ignore[attr-defined]
    return method


def is_default(method: Callable[..., Any]) -> bool:
    """Return whether a method was marked by :func:`default`.

    Args:
        method: The method.

    Example:
        >>> is_default(print)
        False

    Source: Keras 2.15 API, utils/generic_utils.
    """
    return bool(getattr(method, "_is_default", False))
