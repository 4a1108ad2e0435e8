"""What lies below a layer, walked once and kept until it changes: layers, weights, metrics.

The package raises one number, :attr:`Structure.version`, wherever it sees a child, a variable or a metric come or go.
torch's own code changes modules without a word (``del module.fc``, ``ModuleList.pop``, pruning, ``_modules[...] =``),
and lists that were there before a metric came are not watched. Of those a walk keeps what it found in each; to compare
costs no Python call, so that it is done at every look. Who writes a metric or a seed generator into the ``__dict__`` of
a layer, past ``__setattr__``, calls :meth:`Structure.changed`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias, TypeVar

from torch import nn

_T = TypeVar("_T")
_Store: TypeAlias = tuple[dict[str, Any] | None, str, dict[str, Any], list[str] | None, list[int], list[Any] | None]
_Container: TypeAlias = tuple[Collection[Any], list[int], list[Any] | None]


class Structure:
    """The structure of all layers.

    Attributes:
        version: How often the package saw it change.
        settings: How often an attribute of a layer was assigned.
    """

    def __init__(self) -> None:
        self.version = 0
        self.settings = 0
        self._walks: list[weakref.ref[Walk]] = []
        self._most_walks = 1000

    def changed(self) -> None:
        """Say that a child, a variable or a metric of a layer came or went."""
        self.version += 1
        if self._walks:
            walks, self._walks = self._walks, []
            for reference in walks:
                walk = reference()
                if walk is not None:
                    walk.clear()

    def keep(self, walk: Walk) -> None:
        """Let a walk be emptied when the structure changes."""
        if len(self._walks) > self._most_walks:
            self._walks = [reference for reference in self._walks if reference() is not None]
            self._most_walks = max(1000, 2 * len(self._walks))  # so that all of them are not asked for each new one
        self._walks.append(weakref.ref(walk))


STRUCTURE = Structure()


class Walk:
    """What a walk over the modules below a layer found, and where it looked.

    Attributes:
        found: The result.
        stores: The ``_modules``, ``_parameters`` and ``_buffers`` that were passed, each with its owner's ``__dict__``
            (None for the first layer), its name there, and the keys and ids of what lay in it.
        containers: Lists and dicts in attributes, with the ids of what lay in them.
        attributes: The ``__dict__`` of each layer whose attributes were passed, with the number of them.
    """

    __slots__ = ("__weakref__", "attributes", "containers", "found", "is_kept", "stores", "version")

    def __init__(self) -> None:
        self.version = STRUCTURE.version
        self.found: Any = ()
        self.stores: list[_Store] = []
        self.containers: list[_Container] = []
        self.attributes: list[tuple[dict[str, Any] | None, int]] = []
        self.is_kept = True

    def clear(self) -> None:
        """Keep nothing alive that has left a model."""
        self.found, self.stores, self.containers, self.attributes = (), [], [], []

    def holds(self, root: dict[str, Any]) -> bool:
        """Return whether everything is as the walk found it.

        Args:
            root: ``__dict__`` of the layer where it began. Kept here, it would tie the layer into a cycle; besides, a
                replica has the walks of the layer that it is a copy of.
        """
        if self.version != STRUCTURE.version or not self.is_kept:
            return False
        for state, name, store, keys, ids, _ in self.stores:
            own: Any = root if state is None else state
            if own.get(name) is not store or list(map(id, store.values())) != ids:
                return False
            if keys is not None and keys != list(store):
                return False
        for values, ids, _ in self.containers:
            if list(map(id, values)) != ids:
                return False
        for state, number in self.attributes:
            if len(root if state is None else state) != number:
                return False
        return True

    def children_of(self, module: nn.Module, is_root: bool = False) -> list[nn.Module]:
        """Return the children of a module, and note them."""
        store = module.__dict__.get("_modules")
        if not isinstance(store, dict):  # of TorchScript: cannot be watched
            self.is_kept = False
            return list(module.children())
        children = list(store.values())  # kept, so that no other module gets the id of one
        self.stores.append((None if is_root else module.__dict__, "_modules", store, None, ids_of(children), children))
        return [child for child in children if child is not None]

    def pass_tensors(self, module: nn.Module, *names: str, is_root: bool = False) -> None:
        """Note what lies in ``_parameters`` or ``_buffers`` of a module; not kept, so that memory is free in time.

        Another tensor with the id of one that is gone makes no difference, under the same key.
        """
        for name in names:
            store = module.__dict__.get(name)
            if not isinstance(store, dict):
                self.is_kept = False
            else:
                state = None if is_root else module.__dict__
                self.stores.append((state, name, store, list(store), ids_of(store.values()), None))

    def pass_attributes(self, module: nn.Module, is_root: bool = False) -> None:
        """Note how many attributes a layer has: ``object.__setattr__`` and ``__dict__`` add some without a word."""
        state = module.__dict__
        self.attributes.append((None if is_root else state, len(state)))

    def leaves_of(self, value: Any) -> list[Any]:
        """Return what lies in nested lists, tuples and dicts, and note those that may change."""
        if not isinstance(value, (list, tuple, dict)):
            return [value]
        found: list[Any] = []
        seen: set[int] = set()
        queue = [value]
        while queue:
            part = queue.pop()
            if not isinstance(part, (list, tuple, dict)):
                found.append(part)
            elif id(part) not in seen:
                seen.add(id(part))
                values = part.values() if isinstance(part, dict) else part
                kept = list(values)
                if not isinstance(part, tuple):
                    self.containers.append((values, ids_of(kept), kept))
                queue.extend(reversed(kept))
        return found


def ids_of(values: Iterable[Any]) -> list[int]:
    """Return the ids of objects."""
    return list(map(id, values))


def walked(layer: nn.Module, name: str, walk: Callable[[Walk], Iterable[_T]]) -> list[_T]:
    """Return what ``walk`` finds below a layer, from the last time if nothing has changed since.

    Args:
        layer: Where the walk starts.
        name: Under which the layer keeps it.
        walk: Returns what it finds, and notes in the `Walk` where it looked.
    """
    state = layer.__dict__
    kept: dict[str, Walk] = state.setdefault("_walks", {})
    last = kept.get(name)
    found = last.found if last is not None else ()  # first: another thread may empty the walk from here on
    if last is None or not last.holds(state):
        last = Walk()
        found = last.found = list(walk(last))
        kept[name] = last
        STRUCTURE.keep(last)
    return list(found)
