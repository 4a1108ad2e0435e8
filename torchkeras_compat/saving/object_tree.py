"""Which objects of a model have values of their own, and under which path of a file Keras stores each.

A path follows the attributes: ``layers/dense_1``, ``encoder/cell``. Objects in a list, tuple or dict are named after
their class and counted; containers inside containers are ``container``, ``container_1``, ...
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.own_code import is_own


class TorchModule:
    """A plain torch module among layers; its state dictionary is what a file holds of it.

    Args:
        module: The module.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.name = to_snake_case(type(module).__name__)


def children(obj: Any) -> Iterator[tuple[str, Any]]:
    """Yield what lies directly below an object, under its name in Keras's files, in Keras's order.

    Args:
        obj: Layer, model, optimizer or other object with ``save_own_variables``.
    """
    if isinstance(obj, (TorchModule, TorchModuleWrapper)):
        return
    for name, value in attributes(obj):
        if isinstance(value, (list, tuple, dict, set)):
            for inner, found in _contained(value, set()):
                yield f"{name}/{inner}", found
        else:
            yield name, as_saveable(value)


def identity(obj: Any) -> int:
    """Return what tells objects apart: a torch module is the same in every wrapper made for it."""
    return id(obj.module) if isinstance(obj, TorchModule) else id(obj)


def attributes(obj: Any) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of an object that hold or may hold what has values, in Keras's order.

    Args:
        obj: Layer, model, optimizer or other object with ``save_own_variables``.
    """
    found = _attribute_names(obj)
    if isinstance(obj, Layer) and hasattr(obj, "layers"):
        found.add("layers")
    # The layers of a graph are stored under `layers` even where an attribute holds them too.
    comes_first = {"layers"} if isinstance(obj, Layer) and obj._is_graph else set()
    for name in sorted(found, key=lambda n: (n not in comes_first, n.startswith("_"), n)):
        value = _value(obj, name)
        if isinstance(value, (list, tuple, dict, set)) or as_saveable(value) is not None:
            yield name, value


def _attribute_names(obj: Any) -> set[str]:
    state = vars(obj)
    if not isinstance(obj, Layer):
        return {n for n in state if not n.startswith("_")}
    modules = obj._modules.keys() - obj._torch_module_names
    modules -= {key for listed in obj._listed.values() for key in listed}
    if obj._is_graph:  # which registers its parts under their names
        model: Any = obj
        graph = {id(part) for part in (*model.layers, *vars(obj).get("_stack", ()))}
        modules = {name for name in modules if id(obj._modules[name]) not in graph}
    containers = {n for n, v in state.items() if isinstance(v, (list, tuple, dict, set)) and n not in _own_names()}
    objects = {n for n, v in state.items() if not n.startswith("_") and n not in _own_names() and _is_saveable(v)}
    kind: Any = type(obj)
    return {*modules, *containers, *objects, *_user_properties(kind)}


@functools.cache
def _own_names() -> frozenset[str]:
    """Names of attributes that every layer, or model, has for its own ends."""
    layer: Any = Layer(name="any")
    return frozenset({*vars(layer), *_OF_MODELS})


_OF_MODELS = frozenset(
    "history train_function test_function predict_function loss _stack _layer_graph _chain _inbound_nodes"
    " _module_variables _step _compile_arguments".split()
)


@functools.cache
def _user_properties(cls: type) -> frozenset[str]:
    """Properties that classes of other packages define; ours lead to what is found already."""
    return frozenset(
        name
        for base in cls.__mro__
        if base is not object and not is_own(base) and not base.__module__.startswith("torch.")
        for name, value in vars(base).items()
        if isinstance(value, property)
    )


def _value(obj: Any, name: str) -> Any:
    try:
        return getattr(obj, name)
    except Exception:
        return None


def _contained(container: Any, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if id(container) in seen:
        return
    seen = seen | {id(container)}
    counts: dict[str, int] = {}
    for value in container.values() if isinstance(container, dict) else container:
        is_container = isinstance(value, (list, tuple, dict, set))
        found = None if is_container else as_saveable(value)
        if found is None and not (is_container and id(value) not in seen):
            continue
        name = "container" if is_container else name_in_container(found)
        number = counts.get(name, 0)
        counts[name] = number + 1
        name = f"{name}_{number}" if number else name
        if is_container:
            for inner, below in _contained(value, seen):
                yield f"{name}/{inner}", below
        else:
            yield name, found


def name_in_container(obj: Any) -> str:
    """Return what an object in a list, tuple or dict is called in files, before it is counted."""
    if isinstance(obj, TorchModule):
        return "torch_module_wrapper"
    # The class of a public name may have another name in Keras.
    return to_snake_case(vars(type(obj)).get("_name_in_files", type(obj).__name__))


def _is_saveable(value: Any) -> bool:
    if isinstance(value, type):
        return False
    return isinstance(value, Layer) or (
        hasattr(value, "save_own_variables") and hasattr(value, "load_own_variables") and not isinstance(value, Metric)
    )


def as_saveable(value: Any) -> Any:
    """Return a value, or what stands for a torch module, if it has values of its own; else None."""
    if _is_saveable(value):
        return value
    if isinstance(value, nn.Module) and not isinstance(value, (torch.fx.GraphModule, nn.modules.loss._Loss)):
        return TorchModule(value) if value.state_dict() else None
    return None
