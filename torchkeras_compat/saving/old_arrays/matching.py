"""Which array of a file is the value of which weight of a layer."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from torchkeras_compat.saving.old_arrays.array_names import ArrayName, array_name, in_order_of
from torchkeras_compat.saving.old_arrays.conversion import arrays_for, converted, is_converted, is_flipped, kind_of
from torchkeras_compat.saving.old_arrays.layer_order import (
    Leaf,
    Part,
    leaves_of,
    other_orders,
    owners_by_name,
    present_order,
)
from torchkeras_compat.saving.old_arrays.stored_values import ConvertedArrays, StoredValue
from torchkeras_compat.saving.old_arrays.writers import Writer

Pairs = list[tuple[Any, StoredValue]]
_UNFIT = (RuntimeError, IndexError, ValueError)  # what tensor operations raise on shapes that do not go together


class FileArray(NamedTuple):
    """An array that a file lists for a layer.

    Args:
        name: Its name there.
        dataset: `h5py.Dataset`, checked.
    """

    name: str
    dataset: Any


def matched(layer: Any, variables: list[Any], arrays: list[FileArray], writer: Writer) -> Pairs | None:
    """Return each weight with its value, in the order of ``variables``; None if there are more or fewer arrays.

    Shapes may differ: the caller compares them. The order in the file depends on which layers were frozen when it was
    written, so the names decide wherever they say of which layer an array is.

    Args:
        layer: Layer, which may hold others.
        variables: Its weights: ``trainable_weights``, then ``non_trainable_weights``.
        arrays: What the file has for it, in its order.
        writer: Who wrote it.
    """
    leaves = leaves_of(layer, variables)
    layer_by_layer = [(leaf, leaf.variables) for leaf in leaves]  # so it was before Keras 1.0, whatever was frozen
    order = layer_by_layer if writer.is_nameless else present_order(leaves, variables)
    by_position = _by_order(order, arrays, writer)
    if len(leaves) > 1 and not writer.is_nameless:
        by_name = _by_name(leaves, arrays, writer)
        if by_name is not None and _fits(by_name):
            return _in_order(by_name, variables)
        if by_position is None or not _fits(by_position):
            tried = [_by_order(order, arrays, writer) for order in other_orders(leaves)]
            others = [found for found in tried if found is not None and _fits(found)]
            if others and all(_same(found, others[0]) for found in others):
                return _in_order(others[0], variables)
    return None if by_position is None else _in_order(by_position, variables)


def _by_order(order: list[Part], arrays: list[FileArray], writer: Writer) -> Pairs | None:
    taken: dict[int, tuple[Leaf, list[Any], list[FileArray]]] = {}
    position = 0
    shapes = [tuple(a.dataset.shape) for a in arrays]
    for leaf, variables in order:
        count = arrays_for(leaf.layer, [tuple(v.shape) for v in variables], shapes[position:], writer)
        _, own, found = taken.setdefault(id(leaf.layer), (leaf, [], []))
        own.extend(variables)
        found.extend(arrays[position : position + count])
        position += count
    if position != len(arrays):
        return None
    return _all_pairs(list(taken.values()), writer)


def _by_name(leaves: list[Leaf], arrays: list[FileArray], writer: Writer) -> Pairs | None:
    owners = [array_name(a.name).owner for a in arrays]
    found = owners_by_name(leaves, owners)
    if found is None:
        return None
    groups: dict[int, list[FileArray]] = {}
    for owner, array in zip(owners, arrays, strict=True):
        groups.setdefault(id(found[owner].layer), []).append(array)
    return _all_pairs([(leaf, list(leaf.variables), groups[id(leaf.layer)]) for leaf in leaves], writer)


def _all_pairs(groups: list[tuple[Leaf, list[Any], list[FileArray]]], writer: Writer) -> Pairs | None:
    pairs: Pairs = []
    for leaf, variables, arrays in groups:
        values = _values(leaf.layer, variables, arrays, writer)
        if values is None or len(values) != len(variables):
            return None
        pairs.extend(zip(variables, values, strict=True))
    return pairs


def _values(layer: Any, variables: list[Any], arrays: list[FileArray], writer: Writer) -> list[StoredValue] | None:
    """The values of the weights of one layer alone."""
    names = [a.name for a in arrays]
    shapes = [tuple(a.dataset.shape) for a in arrays]
    if not is_converted(layer, names, shapes, writer):
        parts: list[ArrayName] = [array_name(name) for name in names]
        order = in_order_of([p.part for p in parts], [v.name for v in variables])
        return [StoredValue(arrays[i].dataset) for i in (order or range(len(arrays)))]
    expected = [tuple(v.shape) for v in variables]
    conversion = functools.partial(_converted, layer, expected, names, writer)
    try:
        flip = is_flipped(kind_of(layer) or "", names, writer)
        return [*ConvertedArrays([a.dataset for a in arrays], conversion, flip).each]
    except _UNFIT:
        return None


def _converted(layer: Any, expected: list[tuple[int, ...]], names: list[str], writer: Writer, arrays: list[Any]) -> Any:
    return converted(layer, expected, names, arrays, writer)


def _fits(pairs: Pairs | None) -> bool:
    return pairs is not None and all(tuple(v.shape) == value.shape for v, value in pairs)


def _in_order(pairs: Pairs, variables: list[Any]) -> Pairs:
    values = {id(variable): value for variable, value in pairs}
    return [(variable, values[id(variable)]) for variable in variables]


def _same(one: Pairs, other: Pairs) -> bool:
    values = {id(v): value for v, value in other}
    return all(values[id(v)].datasets == value.datasets for v, value in one)
