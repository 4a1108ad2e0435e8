"""Nested inputs: the names of their leaves, and putting batches together at no more than the cost they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from torchkeras_compat import tree


def path_name(root: str, path: Sequence[Any]) -> str:
    """Return how a user writes a leaf: ``x``, ``x[0]`` or ``y['age']``.

    Example:
        >>> path_name("x", ("age", 0))
        "x['age'][0]"
    """
    return root + "".join(f"[{key!r}]" for key in path)


def named_leaves(structure: Any, root: str) -> list[tuple[str, Any]]:
    """Return ``(name, leaf)`` of every leaf that is not None.

    Example:
        >>> named_leaves({"b": 1, "a": None}, "x")
        [("x['b']", 1)]
    """
    return [(path_name(root, path), leaf) for path, leaf in tree.flatten_with_path(structure) if leaf is not None]


def rebuilder(structure: Any, first: int = 0) -> tuple[Callable[[Sequence[Any]], Any], int]:
    """Return a function from the flat leaves of a batch to ``structure``, and the index after its last leaf.

    None stays None and takes no leaf. Made once, so that a batch costs a few calls instead of a walk of the tree.

    Args:
        structure: What the user gave.
        first: Index of its first leaf among those of the batch.

    Example:
        >>> build, count = rebuilder({"a": "any", "b": None})
        >>> build([7]), count
        ({'a': 7, 'b': None}, 1)
    """
    indices: list[int] = []

    def number(leaf: Any) -> int | None:
        if leaf is None:
            return None
        indices.append(first + len(indices))
        return indices[-1]

    numbered = tree.map_structure(number, structure)
    after = first + len(indices)
    if numbered is None:
        return (lambda leaves: None), after
    return _picker(numbered), after


def with_one_leaf(structure: Any, index: int) -> Callable[[Sequence[Any]], Any]:
    """Return a function from the flat leaves of a batch to ``structure`` with one of them in all places.

    Args:
        structure: What the user gave; None stays None.
        index: Which leaf.

    Example:
        >>> with_one_leaf({"a": "any", "b": None}, 1)([7, 8])
        {'a': 8, 'b': None}
    """
    return _picker(tree.map_structure(lambda leaf: None if leaf is None else index, structure))


def _picker(numbered: Any) -> Callable[[Sequence[Any]], Any]:
    """Return a function from leaves to a structure that holds their indices."""
    if isinstance(numbered, int):
        return itemgetter(numbered)
    parts = list(numbered.values()) if type(numbered) is dict else numbered
    if type(numbered) in (list, tuple, dict) and parts and all(isinstance(index, int) for index in parts):
        keys = tuple(numbered) if type(numbered) is dict else ()
        if len(parts) == 1:  # of one index an item getter returns the item
            index = parts[0]
            if keys:
                return lambda leaves: {keys[0]: leaves[index]}
            return (lambda leaves: [leaves[index]]) if type(numbered) is list else lambda leaves: (leaves[index],)
        pick = itemgetter(*parts)
        if keys:
            return lambda leaves: dict(zip(keys, pick(leaves), strict=True))
        return pick if type(numbered) is tuple else lambda leaves: list(pick(leaves))
    return lambda leaves: tree.map_structure(lambda i: None if i is None else leaves[i], numbered)
