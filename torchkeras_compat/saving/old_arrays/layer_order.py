"""In which order the weights of a layer, with those of the layers inside it, lie in a file."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class Leaf(NamedTuple):
    """A layer with weights of its own.

    Args:
        layer: The layer.
        names: Names of the layers that lead to it, from below the top one.
        variables: Its weights: those made to be trained first.
    """

    layer: Any
    names: tuple[str, ...]
    variables: tuple[Any, ...]

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The weights that were made to be trained."""
        return tuple(v for v in self.variables if v.is_parameter)

    @property
    def others(self) -> tuple[Any, ...]:
        """The other weights: moving statistics."""
        return tuple(v for v in self.variables if not v.is_parameter)


Part = tuple[Leaf, tuple[Any, ...]]  # some weights of a layer, which lie side by side


def leaves_of(layer: Any, variables: Iterable[Any]) -> list[Leaf]:
    """Return the layers that ``variables`` belong to, in the order of ``weights``.

    Args:
        layer: Layer, with others inside it or not.
        variables: Its weights that files hold.
    """
    wanted = {id(v): v for v in variables}
    owners: dict[int, tuple[Any, tuple[str, ...]]] = {}
    for owner, names in _walk(layer, (), set()):
        for variable in owner._own_variables():
            owners.setdefault(id(variable), (owner, names))
    found: dict[int, tuple[Any, tuple[str, ...], list[Any]]] = {}
    listed = [*(v for v in layer.weights if id(v) in wanted)]
    known = {id(v) for v in listed}
    for variable in [*listed, *(v for v in wanted.values() if id(v) not in known)]:
        owner, names = owners.get(id(variable), (layer, ()))
        found.setdefault(id(owner), (owner, names, []))[2].append(variable)
    return [
        Leaf(owner, names, tuple(sorted(own, key=lambda v: not v.is_parameter))) for owner, names, own in found.values()
    ]


def _walk(layer: Any, names: tuple[str, ...], seen: set[int]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    if id(layer) in seen:
        return
    seen.add(id(layer))
    yield layer, names
    for below in layer._flatten_layers(include_self=False, recursive=False):
        yield from _walk(below, (*names, below.name), seen)


def present_order(leaves: list[Leaf], variables: Iterable[Any]) -> list[Part]:
    """Return the order of ``variables``: those trained now, then the others.

    Args:
        leaves: The layers they belong to.
        variables: ``trainable_weights`` and ``non_trainable_weights``.
    """
    owners = {id(v): leaf for leaf in leaves for v in leaf.variables}
    parts: list[tuple[Leaf, list[Any]]] = []
    for variable in variables:
        leaf = owners[id(variable)]
        if parts and parts[-1][0] is leaf:
            parts[-1][1].append(variable)
        else:
            parts.append((leaf, [variable]))
    return [(leaf, tuple(own)) for leaf, own in parts]


def other_orders(leaves: list[Leaf]) -> list[list[Part]]:
    """Return the orders of a model of which nothing was frozen when it was saved, and of one frozen whole.

    Args:
        leaves: The layers with weights.
    """
    trained = [(leaf, leaf.parameters) for leaf in leaves if leaf.parameters]
    kept = [(leaf, leaf.others) for leaf in leaves if leaf.others]
    return [trained + kept, [(leaf, leaf.variables) for leaf in leaves]]


def owners_by_name(leaves: list[Leaf], owners: list[str]) -> dict[str, Leaf] | None:
    """Return which layer each owner in a file is, if names tell; else None.

    Names are those of the layers, or have been counted on in another session: ``dense_4, dense_5`` are then
    ``dense, dense_1``, as long as the order in the file is one that freezing some of them gives.

    Args:
        leaves: The layers with weights.
        owners: Owner of each array, in the order of the file.
    """
    each = list(dict.fromkeys(owners))
    if len(each) != len(leaves):
        return None
    exact = _by_same_names(leaves, each)
    if exact is not None:
        return exact
    counted = _by_rank(leaves, each)
    if counted is not None and _is_order_of_frozen(leaves, [counted[owner] for owner in owners]):
        return counted
    return None


def _by_same_names(leaves: list[Leaf], owners: list[str]) -> dict[str, Leaf] | None:
    holders: dict[str, list[int]] = defaultdict(list)
    for i, leaf in enumerate(leaves):
        for name in set(leaf.names):
            holders[name].append(i)
    found: dict[str, Leaf] = {}
    for owner in owners:
        scores = Counter(i for part in set(owner.split("/")) for i in holders.get(part, ()))
        best = scores.most_common(2)
        if not best or (len(best) == 2 and best[0][1] == best[1][1]):
            return None
        found[owner] = leaves[best[0][0]]
    return found if len({id(leaf) for leaf in found.values()}) == len(leaves) else None


def _by_rank(leaves: list[Leaf], owners: list[str]) -> dict[str, Leaf] | None:
    if any(len(leaf.names) == 0 for leaf in leaves):
        return None
    own = _ranked([(leaf.names[-1], leaf) for leaf in leaves])
    theirs = _ranked([(owner.rpartition("/")[2], owner) for owner in owners])
    if own is None or theirs is None or own.keys() != theirs.keys():
        return None
    if any(len(own[base]) != len(theirs[base]) for base in own):
        return None
    return {owner: leaf for base in own for owner, leaf in zip(theirs[base], own[base], strict=True)}


def _ranked(named: list[tuple[str, Any]]) -> dict[str, list[Any]] | None:
    """What has a name, by the name without its number, in the order of the numbers; None if two are equal."""
    numbered: dict[str, dict[int, Any]] = defaultdict(dict)
    for name, value in named:
        match = re.fullmatch(r"(.*?)(?:_(\d{1,9}))?", name, re.DOTALL)
        base, number = (match[1], int(match[2] or 0)) if match else (name, 0)
        if number in numbered[base]:
            return None
        numbered[base][number] = value
    return {base: [values[n] for n in sorted(values)] for base, values in numbered.items()}


def _is_order_of_frozen(leaves: list[Leaf], sequence: list[Leaf]) -> bool:
    """Whether weights lie so if some layers were frozen: at most two runs, each in the order of the layers."""
    places = {id(leaf): i for i, leaf in enumerate(leaves)}
    steps = [places[id(leaf)] for leaf in sequence]
    return sum(later < earlier for earlier, later in itertools.pairwise(steps)) <= 1
