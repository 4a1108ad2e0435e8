"""Structures of elements: tuples and dictionaries are nodes, and a list is one value, as ``tf.data`` has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def is_node(value: Any) -> bool:
    """Return whether a value is a tuple or a dictionary."""
    return isinstance(value, (tuple, dict))


def is_plain_tuple(value: Any) -> bool:
    """Return whether a structure is a tuple of leaves."""
    return type(value) is tuple and not any(isinstance(part, (tuple, dict)) for part in value)


def flatten(structure: Any) -> list[Any]:
    """Return the leaves, those of a dictionary by its sorted keys.

    Example:
        >>> flatten(({"b": [1, 2], "a": 0}, 3))
        [0, [1, 2], 3]
    """
    return list(_leaves(structure))


def map_structure(function: Callable[..., Any], *structures: Any) -> Any:
    """Return the structure of what ``function`` makes of the leaves at the same place.

    Raises:
        ValueError: the structures differ.

    Example:
        >>> map_structure(len, ([1, 2], {"a": [3]}))
        (2, {'a': 1})
    """
    first = structures[0]
    if isinstance(first, dict):
        if any(not isinstance(other, dict) or other.keys() != first.keys() for other in structures[1:]):
            raise ValueError(_differing(structures))
        items = {key: map_structure(function, *(other[key] for other in structures)) for key in first}
        return items if type(first) is dict else _like(first, items)
    if isinstance(first, tuple):
        if any(not isinstance(other, tuple) or len(other) != len(first) for other in structures[1:]):
            raise ValueError(_differing(structures))
        parts = [map_structure(function, *others) for others in zip(*structures, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else tuple(parts)
    if any(is_node(other) for other in structures[1:]):
        raise ValueError(_differing(structures))
    return function(*structures)


def pack(structure: Any, leaves: Iterator[Any]) -> Any:
    """Return the leaves, in the order of :func:`flatten`, in the structure of another."""
    if isinstance(structure, dict):
        items = {key: pack(structure[key], leaves) for key in sorted(structure)}
        ordered = {key: items[key] for key in structure}
        return ordered if type(structure) is dict else _like(structure, ordered)
    if isinstance(structure, tuple):
        parts = [pack(part, leaves) for part in structure]
        return type(structure)(*parts) if hasattr(structure, "_fields") else tuple(parts)
    return next(leaves)


def _like(first: Any, items: dict[Any, Any]) -> Any:
    try:
        return type(first)(items)
    except TypeError:  # a defaultdict, whose first argument is another
        return items


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        for key in sorted(structure):
            yield from _leaves(structure[key])
    elif isinstance(structure, tuple):
        for part in structure:
            yield from _leaves(part)
    else:
        yield structure


def _differing(structures: tuple[Any, ...]) -> str:
    kinds = ", ".join(
        f"dict of {sorted(map(str, s))}"
        if isinstance(s, dict)
        else f"{type(s).__name__} of {len(s)}"
        if is_node(s)
        else type(s).__name__
        for s in structures[:3]
    )
    return f"The elements must have one structure. Received: {kinds}"
