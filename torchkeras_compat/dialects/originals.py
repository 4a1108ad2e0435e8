"""From what a dialect hands out to what it stands for in the core."""

from __future__ import annotations

from typing import Any

ORIGINAL = "_torchkeras_original"  # attribute of what stands in front of a class or function of the core


def original(value: Any) -> Any:
    """Return a value with the core's classes and functions in place of those of a dialect, in any nesting.

    Example:
        >>> original([1, {"loss": "mse"}])
        [1, {'loss': 'mse'}]
    """
    if type(value) in (list, tuple):
        return type(value)(map(original, value))
    if type(value) is dict:
        return {key: original(part) for key, part in value.items()}
    if isinstance(value, type) or callable(value):
        return getattr(value, "__dict__", {}).get(ORIGINAL, value)
    return value
