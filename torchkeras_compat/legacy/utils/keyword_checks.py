"""Checks of what keywords are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from torchkeras_compat.errors import nearest


def check_for_unexpected_keys(name: str, input_dict: Mapping[str, Any], expected_values: Collection[str]) -> None:
    """Check that a dictionary has expected keys only.

    Args:
        name: Of the dictionary, for the message.
        input_dict: The dictionary.
        expected_values: Keys that it may have.

    Raises:
        ValueError: it has another one.

    Example:
        >>> check_for_unexpected_keys("losses", {"a": 1}, ["a", "b"])

    Source: Keras 2.15 API, utils/generic_utils.
    """
    unknown = sorted(set(input_dict) - set(expected_values))
    if unknown:
        raise ValueError(
            f"Unknown entries in {name} dictionary: {unknown}. Only expected following keys: {list(expected_values)}"
        )


def validate_kwargs(
    kwargs: Mapping[str, Any],
    allowed_kwargs: Collection[str],
    error_message: str = "Keyword argument not understood:",
) -> None:
    """Check that keyword arguments are allowed.

    Args:
        kwargs: The arguments.
        allowed_kwargs: Names that they may have.
        error_message: Beginning of the message.

    Raises:
        TypeError: another argument.

    Example:
        >>> validate_kwargs({"a": 1}, {"a"})

    Source: Keras 2.15 API, utils/generic_utils.
    """
    for name in kwargs:
        if name not in allowed_kwargs:
            raise TypeError(f"{error_message} {name!r}.{nearest(name, allowed_kwargs)}")
