"""Nested inputs: the names of their leaves, and putting batches together at no more than the cost they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    if isinstance(numbered, int):
        return (lambda leaves: leaves[numbered]), after
    if type(numbered) in (list, tuple) and all(isinstance(index, int) for index in numbered):
        kind = type(numbered)
        return (lambda leaves: kind(leaves[first:after])), after
    if type(numbered) is dict and all(isinstance(index, int) for index in numbered.values()):
        items = tuple(numbered.items())
        return (lambda leaves: {key: leaves[index] for key, index in items}), after
    return (lambda leaves: tree.map_structure(lambda i: None if i is None else leaves[i], numbered)), after
