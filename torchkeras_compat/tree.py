"""Nested structures: Keras's ``keras.tree`` on the node registry of torch's pytree.

A node is what ``torch.utils._pytree`` knows (list, tuple, namedtuple, dict, OrderedDict, defaultdict, deque, torch's
return types, whatever a library registered there); everything else, None included, is a leaf. Plain and default
dictionaries are walked in the order of their sorted keys, as Keras does; torch itself takes insertion order.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch.utils import _pytree

_SORTED_TYPES: set[type] = {dict, defaultdict}
_MAPPING_TYPES: set[type] = {dict, defaultdict, OrderedDict}


class MAP_TO_NONE:
    """What a function given to :func:`traverse` returns to put None in place of a structure."""


def register_mapping(cls: type[dict[Any, Any]]) -> None:
    """Let a subclass of ``dict`` be a structure as ``dict`` is, here and for torch's pytree."""
    _SORTED_TYPES.add(cls)
    _MAPPING_TYPES.add(cls)
    _pytree.register_pytree_node(
        cls, lambda found: (list(found.values()), list(found)), lambda values, keys: dict(zip(keys, values))
    )


def is_nested(structure: Any) -> bool:
    """Return whether ``structure`` is a node: a list, tuple, dictionary, deque or registered container.

    Example:
        >>> is_nested([]), is_nested({"a": 1}), is_nested("abc"), is_nested(torch.zeros(2))
        (True, True, False, False)
    """
    return _pytree._get_node_type(structure) in _pytree.SUPPORTED_NODES


def flatten(structure: Any) -> list[Any]:
    """Return the leaves in order.

    Example:
        >>> flatten({"b": [2, 3], "a": (1,)})
        [1, 2, 3]
    """
    leaves: list[Any] = []
    _collect(structure, leaves)
    return leaves


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return ``(path, leaf)`` pairs in order; a path holds indices and dictionary keys.

    Example:
        >>> flatten_with_path({"b": [2], "a": 1})
        [(('a',), 1), (('b', 0), 2)]
    """
    return list(_walk_with_path(structure, ()))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Return the first structure with each leaf replaced by ``func`` of the corresponding leaves.

    Args:
        func: Takes one leaf of each structure.
        structures: One or more structures of the same shape. Dictionaries of different kinds match.
        none_is_leaf: Whether ``func`` is called for None. If not, a leaf that is None in all structures stays None.

    Raises:
        TypeError: ``func`` is not callable.
        ValueError: no structure is given; they differ in types, lengths or keys; ``none_is_leaf`` is False and a
            leaf is None in the first structure but not in the others.

    Example:
        >>> map_structure(lambda a, b: a + b, {"x": 1, "y": [2]}, {"x": 10, "y": [20]})
        {'x': 11, 'y': [22]}
    """
    _require_callable(func)
    if not structures:
        raise ValueError("`map_structure` needs at least one structure to map over. Received none.")
    first, *rest = structures
    if none_is_leaf:
        return _map(func, first, rest)

    def unless_none(*leaves: Any) -> Any:
        if leaves[0] is not None:
            return func(*leaves)
        if any(leaf is not None for leaf in leaves):
            raise ValueError(
                f"Structure mismatch: some leaves are None, others are not. Received: {leaves}. "
                "Use `none_is_leaf=True` to pass them to the function."
            )
        return None

    return _map(unless_none, first, rest)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Map over structures that may go deeper than ``shallow_structure``; what lies below its leaves is passed whole.

    Args:
        shallow_structure: Says how deep to go and the types of the result.
        func: Takes one sub-structure of each of ``structures``.
        structures: One or more structures that start like ``shallow_structure``.

    Raises:
        TypeError: ``func`` is not callable.
        ValueError: no structure is given, or one does not start like ``shallow_structure``.

    Example:
        >>> map_structure_up_to(["n", ["m"]], len, [[1, 2], [(3, 4, 5)]])
        [2, [3]]
    """
    _require_callable(func)
    if not structures:
        raise ValueError("`map_structure_up_to` needs at least one structure to map over. Received none.")
    return _map(lambda _, *parts: func(*parts), shallow_structure, structures)


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Check that two structures have the same containers, lengths and keys.

    ``dict``, ``OrderedDict`` and ``defaultdict`` count as the same container, and the order of keys does not matter.

    Args:
        a: Any structure.
        b: The structure to compare with.
        check_types: Must be None or True; types are always compared (:func:`assert_same_paths` does not).

    Raises:
        ValueError: the structures differ, or ``check_types`` is False.

    Example:
        >>> assert_same_structure([1, {"a": 2}], [10, {"a": 20}])
    """
    if check_types is False:
        raise ValueError(
            "`assert_same_structure` always compares types; received check_types=False. "
            "Use `assert_same_paths` to compare positions only."
        )

    def check(_: Any, other: Any) -> None:
        if is_nested(other):
            raise ValueError(
                f"The structures don't have the same nested structure: a leaf of the first is a {type(other).__name__} "
                "in the second."
            )

    _map(check, a, (b,))


def assert_same_paths(a: Any, b: Any) -> None:
    """Check that the leaves of two structures have the same paths, whatever the containers.

    Raises:
        ValueError: a path is in one structure only.

    Example:
        >>> assert_same_paths([1, 2], (10, 20))
    """
    paths_a, paths_b = ({path for path, _ in flatten_with_path(structure)} for structure in (a, b))
    if paths_a != paths_b:
        raise ValueError(
            "`a` and `b` don't have the same paths. "
            f"Only in `a`: {sorted(paths_a - paths_b, key=str)}; only in `b`: {sorted(paths_b - paths_a, key=str)}."
        )


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """Return ``structure`` with its leaves replaced, in order, by those of ``flat_sequence``.

    Raises:
        TypeError: ``flat_sequence`` is not iterable.
        ValueError: it holds more or fewer items than ``structure`` has leaves.

    Example:
        >>> pack_sequence_as({"b": 0, "a": [0, 0]}, [1, 2, 3])
        {'b': 3, 'a': [1, 2]}
    """
    leaves = list(flat_sequence)
    expected = len(flatten(structure))
    if len(leaves) != expected:
        raise ValueError(f"The structure has {expected} leaves, but `flat_sequence` holds {len(leaves)} items.")
    remaining = iter(leaves)
    return _map(lambda _: next(remaining), structure, ())


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Call ``func`` on every node and leaf, and put in its place what it returns.

    Args:
        func: Returns a replacement, None to leave the value (and, top down, to go into it), or ``MAP_TO_NONE``.
        structure: Any structure.
        top_down: Whether a node comes before what it holds. A node replaced on the way down is not entered.

    Raises:
        TypeError: ``func`` is not callable.

    Example:
        >>> traverse(lambda x: tuple(x) if isinstance(x, list) else None, [1, [2, 3]], top_down=False)
        (1, (2, 3))
    """
    _require_callable(func)

    def replaced(value: Any) -> Any:
        result = func(value)
        return None if result is MAP_TO_NONE else value if result is None else result

    def down(value: Any) -> Any:
        result = func(value)
        if result is not None:
            return None if result is MAP_TO_NONE else result
        opened = _open(value)
        return value if opened is None else opened.rebuild([down(child) for child in opened.children])

    def up(value: Any) -> Any:
        opened = _open(value)
        return replaced(value if opened is None else opened.rebuild([up(child) for child in opened.children]))

    return (down if top_down else up)(structure)


def lists_to_tuples(structure: Any) -> Any:
    """Return the structure with every list made a tuple.

    Example:
        >>> lists_to_tuples({"a": [1, [2]]})
        {'a': (1, (2,))}
    """
    return traverse(lambda x: tuple(x) if isinstance(x, list) else None, structure, top_down=False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Map over shapes: a list or tuple that holds only ints and None is a leaf.

    Raises:
        TypeError: ``func`` is not callable.

    Example:
        >>> map_shape_structure(len, {"a": (None, 2), "b": [(1, 2, 3)]})
        {'a': 2, 'b': [3]}
    """
    _require_callable(func)
    if _is_shape(structure):
        return func(structure)
    opened = _open(structure)
    if opened is None:
        return func(structure)
    return opened.rebuild([map_shape_structure(func, child) for child in opened.children])


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(x is None or isinstance(x, int) for x in value)


def _require_callable(func: Any) -> None:
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: {func!r} of type {type(func)}")


class _Opened:
    """One node taken apart: its kind, children, their keys (None for positions), and how to put it together."""

    __slots__ = ("children", "keys", "kind", "rebuild")

    def __init__(self, kind: Any, children: list[Any], keys: list[Any] | None, rebuild: Callable[[list[Any]], Any]):
        self.kind, self.children, self.keys, self.rebuild = kind, children, keys, rebuild


def _open(structure: Any) -> _Opened | None:
    """Take the outermost node apart; None for a leaf."""
    kind = _pytree._get_node_type(structure)
    if kind not in _pytree.SUPPORTED_NODES:
        return None
    if kind in _MAPPING_TYPES:
        keys = _ordered_keys(structure)
        return _Opened(kind, [structure[key] for key in keys], keys, lambda new: _refilled(structure, keys, new))
    children, context = _pytree.SUPPORTED_NODES[kind].flatten_fn(structure)
    unflatten = _pytree.SUPPORTED_NODES[kind].unflatten_fn
    return _Opened(kind, list(children), None, lambda new: unflatten(new, context))


def _ordered_keys(mapping: dict[Any, Any]) -> list[Any]:
    if type(mapping) not in _SORTED_TYPES:
        return list(mapping)
    try:
        return sorted(mapping)
    except TypeError as error:
        raise TypeError(
            f"The keys of a dictionary in a nested structure must be sortable. Received: {list(mapping)}. "
            "Use keys of one type, or an OrderedDict."
        ) from error


def _refilled(mapping: dict[Any, Any], keys: list[Any], values: list[Any]) -> dict[Any, Any]:
    """A mapping of the same type and key order with new values."""
    new = dict(zip(keys, values))
    ordered = ((key, new[key]) for key in mapping)
    if isinstance(mapping, defaultdict):
        return defaultdict(mapping.default_factory, ordered)
    return type(mapping)(ordered)


def _collect(structure: Any, leaves: list[Any]) -> None:
    kind = type(structure)
    if kind is list or kind is tuple:  # most structures: spared the look-up in the registry
        for child in structure:
            _collect(child, leaves)
    elif isinstance(structure, torch.Tensor) or (opened := _open(structure)) is None:
        leaves.append(structure)
    else:
        for child in opened.children:
            _collect(child, leaves)


def _walk_with_path(structure: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    opened = _open(structure)
    if opened is None:
        yield path, structure
        return
    for key, child in zip(opened.keys or range(len(opened.children)), opened.children):
        yield from _walk_with_path(child, (*path, key))


def _map(func: Callable[..., Any], first: Any, rest: Iterable[Any]) -> Any:
    """Map ``func`` over the leaves of ``first`` and what stands in their place in ``rest``."""
    opened = _open(first)
    if opened is None:
        return func(first, *rest)
    columns = [opened.children, *(_matching_children(opened, first, other) for other in rest)]
    return opened.rebuild([_map(func, child, others) for child, *others in zip(*columns)])


def _matching_children(opened: _Opened, first: Any, other: Any) -> list[Any]:
    """The children of ``other`` in the order of those of ``first``."""
    other_opened = _open(other)
    both_mappings = other_opened is not None and opened.kind in _MAPPING_TYPES and other_opened.kind in _MAPPING_TYPES
    same_class = opened.keys is not None or type(first) is type(other)
    if other_opened is None or not (both_mappings or (opened.kind is other_opened.kind and same_class)):
        raise ValueError(f"Node type mismatch; expected a {_type_name(first)}, but got a {_type_name(other)}.")
    if len(opened.children) != len(other_opened.children):
        raise ValueError(
            f"Node arity mismatch; expected a {_type_name(first)} with this number of items: {len(opened.children)}, "
            f"but got {len(other_opened.children)}."
        )
    if opened.keys is None or other_opened.keys is None:
        return other_opened.children
    if set(opened.keys) != set(other_opened.keys):
        raise ValueError(f"Node keys mismatch; expected the keys {opened.keys}, but got {other_opened.keys}.")
    return [other[key] for key in opened.keys]


def _type_name(value: Any) -> str:
    kind = "namedtuple " if _pytree.is_namedtuple_instance(value) else ""
    return f"{kind}{type(value).__name__}"
