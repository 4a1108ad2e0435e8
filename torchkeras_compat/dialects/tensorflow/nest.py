"""``tf.nest``: functions of nested structures, in which lists, tuples and dictionaries are nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_compat import tree


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """Return the leaves of a structure in order, those of a dictionary by its sorted keys.

    Args:
        structure: Lists, tuples, dictionaries and what they hold; anything else is a leaf.
        expand_composites: Whether ragged and sparse tensors count as the tensors that they are made of.

    Example:
        >>> flatten({"b": [2, 3], "a": 1})
        [1, 2, 3]

    Source: TensorFlow API, nest/flatten.
    """
    leaves = tree.flatten(structure)
    return [part for leaf in leaves for part in _parts(leaf)] if expand_composites else leaves


def map_structure(func: Callable[..., Any], *structure: Any, check_types: bool = True, **kwargs: Any) -> Any:
    """Return the structure of ``func`` of the leaves at the same place of every structure.

    Args:
        func: Called with one leaf of each structure.
        *structure: One or more of the same structure.
        check_types: Whether lists and tuples are distinguished.
        **kwargs: ``expand_composites=False``, as TensorFlow takes it.

    Raises:
        TypeError: ``func`` is not callable, or an unknown argument.
        ValueError: no structure, or structures that differ.

    Example:
        >>> map_structure(lambda a, b: a + b, (1, {"k": 2}), (10, {"k": 20}))
        (11, {'k': 22})

    Source: TensorFlow API, nest/map_structure.
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: {func!r}")
    if kwargs.keys() - {"expand_composites"}:
        raise TypeError(f"Unknown arguments: {sorted(kwargs.keys() - {'expand_composites'})}")
    if not structure:
        raise ValueError("`map_structure` needs at least one structure.")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)
    leaves = zip(*(tree.flatten(one) for one in structure), strict=True)
    return tree.pack_sequence_as(structure[0], [func(*leaf) for leaf in leaves])


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """Return the values of a flat list in a given structure.

    Args:
        structure: Whose leaves are replaced.
        flat_sequence: One value for each leaf, in the order of :func:`flatten`.
        expand_composites: False: ragged and sparse tensors count as leaves.

    Raises:
        ValueError: another number of values than leaves, or ``expand_composites``.

    Example:
        >>> pack_sequence_as({"a": 0, "b": (0, 0)}, [1, 2, 3])
        {'a': 1, 'b': (2, 3)}

    Source: TensorFlow API, nest/pack_sequence_as.
    """
    if expand_composites:
        raise ValueError("`expand_composites` must be False: a ragged or sparse tensor is packed as one leaf here.")
    values = list(flat_sequence)
    count = len(tree.flatten(structure))
    if count != len(values):
        raise ValueError(f"The structure has {count} leaves, and `flat_sequence` has {len(values)} values.")
    return tree.pack_sequence_as(structure, values)


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Raise unless two structures are nested alike.

    Args:
        nest1: A structure.
        nest2: Another.
        check_types: Whether lists, tuples and kinds of dictionaries are distinguished.
        expand_composites: Nothing to decide: leaves may differ.

    Raises:
        ValueError: they differ in what they hold.
        TypeError: ``check_types``, and containers of different types.

    Source: TensorFlow API, nest/assert_same_structure.
    """
    _compare(nest1, nest2, check_types, "")


def is_nested(structure: Any) -> bool:
    """Return whether ``structure`` is a list, tuple, dictionary or another node.

    Source: TensorFlow API, nest/is_nested.
    """
    return tree.is_nested(structure)


def _compare(first: Any, second: Any, check_types: bool, place: str) -> None:
    where = f" at {place}" if place else ""
    if tree.is_nested(first) != tree.is_nested(second):
        raise ValueError(
            f"The two structures don't have the same nested structure{where}: one is a {type(first).__name__}, the "
            f"other a {type(second).__name__}."
        )
    if not tree.is_nested(first):
        return
    if check_types and type(first) is not type(second) and not (isinstance(first, dict) and isinstance(second, dict)):
        raise TypeError(
            f"The two structures don't have the same sequence type{where}: {type(first).__name__} and "
            f"{type(second).__name__}."
        )
    if len(first) != len(second):
        raise ValueError(
            f"The two structures don't have the same number of elements{where}: {len(first)} and {len(second)}."
        )
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        if first.keys() != second.keys():
            raise ValueError(
                f"The two dictionaries don't have the same set of keys{where}: {sorted(map(str, first))} and "
                f"{sorted(map(str, second))}."
            )
        pairs = [(key, first[key], second[key]) for key in first]
    else:
        pairs = [(number, one, two) for number, (one, two) in enumerate(zip(first, second, strict=True))]
    for key, one, two in pairs:
        _compare(one, two, check_types, f"{place}[{key!r}]")


def _parts(leaf: Any) -> list[Any]:
    if type(leaf).__name__ == "RaggedTensor":
        return [leaf.flat_values, *leaf.nested_row_splits]
    if type(leaf).__name__ == "SparseTensor":
        return [leaf.indices, leaf.values, leaf.dense_shape]
    return [leaf]
