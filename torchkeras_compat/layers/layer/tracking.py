"""What a layer finds in its attributes: variables, layers, torch modules, and lists and dicts of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.variables import Variable

# Types of values in which nothing tracked is looked for.
PLAIN = frozenset((type(None), bool, int, float, str, torch.dtype, torch.Tensor, set))


def is_metric(value: Any) -> bool:
    """Return whether ``value`` has the methods of a metric, whose class lies above and is not known here."""
    return hasattr(value, "update_state") and hasattr(value, "reset_state") and hasattr(value, "result")


def is_trackable(value: Any) -> bool:
    """Return whether ``value`` is, or holds in nested lists and dicts, something a layer tracks."""
    if isinstance(value, (list, tuple)):
        return any(map(is_trackable, value))
    if isinstance(value, dict):
        return any(map(is_trackable, value.values()))
    return isinstance(value, (nn.Module, Variable, nn.Parameter, SeedGenerator)) or is_metric(value)


def may_hold_tracked(value: Any) -> bool:
    """Return whether ``value`` is something a layer tracks, or may come to hold it."""
    if type(value) in PLAIN:
        return False
    if isinstance(value, (list, dict)):
        return True
    if isinstance(value, tuple):
        return any(map(may_hold_tracked, value))
    return is_trackable(value)


def track(value: Any, on_change: Callable[[], None]) -> Any:
    """Return lists and dicts as ones that report changes; anything else as it is."""
    if type(value) in (list, TrackedList):
        return TrackedList((track(v, on_change) for v in value), on_change)
    if type(value) in (dict, TrackedDict):
        return TrackedDict({k: track(v, on_change) for k, v in value.items()}, on_change)
    if type(value) is tuple:
        return tuple(track(v, on_change) for v in value)
    return value


def named_leaves(value: Any, name: str, above: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield what lies in nested lists, tuples and dicts, each under ``name`` and its positions and keys.

    A container inside itself is passed over; ``above`` holds the ids of those around.
    """
    if not isinstance(value, (list, tuple, dict)):
        yield name, value
    elif id(value) not in above:
        above = (*above, id(value))
        for key, v in value.items() if isinstance(value, dict) else enumerate(value):
            yield from named_leaves(v, f"{name}_{key}", above)


class TrackedList(list[Any]):
    """A list that calls ``on_change`` after each change."""

    def __init__(self, values: Any = (), on_change: Callable[[], None] | None = None) -> None:
        super().__init__(values)
        self.on_change = on_change

    def __reduce__(self) -> Any:
        return list, (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [copy.deepcopy(v, memo) for v in self]


class TrackedDict(dict[Any, Any]):
    """A dict that calls ``on_change`` after each change."""

    def __init__(self, values: Any = (), on_change: Callable[[], None] | None = None) -> None:
        super().__init__(values)
        self.on_change = on_change

    def __reduce__(self) -> Any:
        return dict, (dict(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return {k: copy.deepcopy(v, memo) for k, v in self.items()}


# Structures like any other, as in configs that hold an attribute; what is mapped over them is a plain one.
pytree.register_pytree_node(TrackedList, lambda found: (list(found), None), lambda values, _: list(values))
tree.register_mapping(TrackedDict)


def _reporting(base: type, name: str) -> Callable[..., Any]:
    change = getattr(base, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = change(self, *args, **kwargs)
        if getattr(self, "on_change", None) is not None:
            self.on_change()
        return self if name in ("__iadd__", "__ior__") else result

    method.__name__ = name
    return method


for _name in "append extend insert pop remove clear reverse sort __setitem__ __delitem__ __iadd__".split():
    setattr(TrackedList, _name, _reporting(list, _name))
for _name in "update pop popitem clear setdefault __setitem__ __delitem__ __ior__".split():
    setattr(TrackedDict, _name, _reporting(dict, _name))


class OnChange:
    """Registers a container of a layer again; an object, so that layers stay picklable."""

    def __init__(self, layer: Any, attribute: str) -> None:
        self.layer = layer
        self.attribute = attribute

    def __call__(self) -> None:
        value = self.layer.__dict__.get(self.attribute)
        if value is None:
            return
        for container in _containers(value):
            is_dict = isinstance(container, dict)
            plain = [(i, v) for i, v in (container.items() if is_dict else enumerate(container)) if _is_untracked(v)]
            for i, v in plain:
                (dict if is_dict else list).__setitem__(container, i, track(v, self))
        self.layer._register_items(self.attribute)


def _is_untracked(value: Any) -> bool:
    return type(value) in (list, dict) and is_trackable(value)


def _containers(value: Any, above: tuple[int, ...] = ()) -> Iterator[Any]:
    """Yield the tracked containers in ``value``, itself included."""
    if isinstance(value, (list, tuple, dict)) and id(value) not in above:
        above = (*above, id(value))
        for v in list(value.values() if isinstance(value, dict) else value):
            yield from _containers(v, above)
        if isinstance(value, (TrackedList, TrackedDict)):
            yield value
