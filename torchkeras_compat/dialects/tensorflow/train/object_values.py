"""The variables of nested objects by their paths: what a checkpoint saves and restores."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.variable_base import VariableBase

_DEEPEST = 32


class Value:
    """One variable of a checkpoint.

    Args:
        read: Returns its values.
        write: Takes others of the same shape.
    """

    def __init__(self, read: Callable[[], torch.Tensor], write: Callable[[torch.Tensor], None]) -> None:
        self.read = read
        self.write = write


def values_in(root: Any) -> dict[str, Value]:
    """Return the variables below an object by their paths, each variable once.

    Layers and models give their weights in the order of ``weights``, optimizers and metrics their variables; lists,
    tuples and dictionaries what they hold; other objects their attributes.

    Args:
        root: A dictionary of objects by name.
    """
    found: dict[str, Value] = {}
    seen: set[int] = set()
    for path, value in _walk(root, "", seen, 0):
        found[path] = value
    return found


def unbuilt_optimizers(root: Any) -> list[tuple[str, Any]]:
    """Return the optimizers below an object that have no variables yet, by their paths."""
    return [(path, one) for path, one in _objects(root, "", set(), 0) if isinstance(one, Optimizer) and not one.built]


def unbuilt_layers(root: Any) -> list[tuple[str, Any]]:
    """Return the layers below an object that have no weights yet, by their paths."""
    return [(path, one) for path, one in _objects(root, "", set(), 0) if isinstance(one, Layer) and not one.built]


def _objects(obj: Any, path: str, seen: set[int], depth: int) -> Iterator[tuple[str, Any]]:
    if id(obj) in seen or depth > _DEEPEST:
        return
    seen.add(id(obj))
    yield path, obj
    for name, child in _children(obj):
        yield from _objects(child, f"{path}/{name}".lstrip("/"), seen, depth + 1)


def _walk(obj: Any, path: str, seen: set[int], depth: int) -> Iterator[tuple[str, Value]]:
    for place, one in _objects(obj, path, seen, depth):
        for name, variable in _variables(one):
            yield f"{place}/{name}".strip("/"), _value_of(variable)


def _variables(obj: Any) -> Iterator[tuple[str, Any]]:
    """The variables that an object has itself, and not by its children."""
    if isinstance(obj, VariableBase):
        yield "value", obj
    elif isinstance(obj, Layer):
        yield from ((f"weights/{number}", one) for number, one in enumerate(obj.weights))
    elif isinstance(obj, (Optimizer, Metric)):
        yield from ((f"variables/{number}", one) for number, one in enumerate(obj.variables))
    elif isinstance(obj, torch.nn.Module):
        yield from ((f"state/{name}", one) for name, one in obj.state_dict(keep_vars=True).items())
    elif isinstance(obj, torch.Tensor):
        yield "value", obj


# What holds no variables of its own, although it has attributes.
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, functools.partial)


def _children(obj: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(obj, dict):
        yield from ((str(key), obj[key]) for key in sorted(obj, key=str))
    elif isinstance(obj, (list, tuple)):
        yield from ((str(number), one) for number, one in enumerate(obj))
    elif isinstance(obj, Layer) and isinstance(getattr(obj, "optimizer", None), Optimizer):  # of a compiled model
        yield "optimizer", obj.optimizer
    elif isinstance(obj, (Layer, Optimizer, Metric, VariableBase, torch.nn.Module, torch.Tensor, str, bytes, type)):
        return
    elif hasattr(obj, "__dict__") and not isinstance(obj, _CODE) and not hasattr(obj, "python_function"):
        yield from ((name, value) for name, value in sorted(vars(obj).items()) if not name.startswith("__"))


def _value_of(variable: Any) -> Value:
    if isinstance(variable, VariableBase):
        return Value(lambda: variable.value.detach(), lambda values: _assign(variable, values))
    return Value(lambda: variable.detach(), lambda values: _copy(variable, values))


def _assign(variable: Any, values: torch.Tensor) -> None:
    variable.assign(values)


def _copy(variable: torch.Tensor, values: torch.Tensor) -> None:
    with torch.no_grad():
        variable.copy_(values)
