"""Which Python objects stay what they are, which show all they hold, and which may change unseen."""

from __future__ import annotations

import collections
import enum
import logging
import pathlib
import re
import sys
import types
import typing
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.training.loop_state import LOOP_STATE

CONTAINERS = (list, collections.OrderedDict, dict, set, collections.deque, tuple, frozenset, types.MappingProxyType)
"""Whose items can be listed."""
_CONSTANTS = frozenset(
    {
        *(int, bool, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range),
        *(torch.dtype, torch.device, torch.layout, torch.memory_format, torch.finfo, torch.iinfo, torch.Size),
        *(re.Pattern, types.GenericAlias, types.UnionType, typing.TypeVar, logging.Logger),
    }
)
_CONSTANT_KINDS = (np.generic, np.dtype, pathlib.PurePath)
_OF_ENUM = frozenset({"_name_", "_sort_order_", "_value_", "__objclass__"})
_LIBRARIES = frozenset({"builtins", "keras", "numpy", "tensorflow", "torch", "torchkeras_compat", "typing"})
_KNOWN = _LIBRARIES | {
    *("abc", "collections", "contextlib", "dataclasses", "enum", "fractions", "functools", "itertools", "logging"),
    *("math", "numbers", "operator", "pathlib", "re", "types"),
}
_PLAIN = frozenset(
    {
        *("abc.ABC", "argparse.Namespace", "argparse._AttributeHolder", "builtins.object", "types.SimpleNamespace"),
        *("typing.Generic", "typing.Protocol"),
    }
)
_TUPLE_GETTER = type(vars(collections.namedtuple("_", "field"))["field"])
DESCRIPTORS = (types.GetSetDescriptorType, types.MemberDescriptorType, _TUPLE_GETTER)
"""What computes an attribute: the code that it runs is looked at when it runs."""
OF_CLASSES = frozenset(
    {
        *("__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__firstlineno__", "__hash__"),
        *("__match_args__", "__module__", "__orig_bases__", "__parameters__", "__qualname__", "__slots__"),
        *("__static_attributes__", "__weakref__", "_abc_impl", "__dataclass_fields__", "__dataclass_params__"),
        *("__annotate__", "__annotate_func__", "__annotations_cache__", "__init_subclass__", "__subclasshook__"),
    }
)
"""What Python puts into classes."""
_STANDARD = sys.stdlib_module_names - {"__main__"}
_IS_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: all classes written in Python are, and some of C
_CHANGING_PARTS = frozenset({"callbacks", "data", "distribution", "models", "optimizers", "training"})
CHANGING_PROPERTIES = frozenset({"losses", "metrics", "metrics_names", "metrics_variables"})
"""Properties of layers that tell other things while a step runs."""
_OF_MODULES = frozenset(nn.Module().__dict__)


def full_name(kind: type) -> str:
    """Return the full name of a class."""
    return f"{kind.__module__}.{kind.__qualname__}"


def is_constant(value: Any) -> bool:
    """Return whether a value never changes and leads nowhere."""
    kind = type(value)
    if kind in _CONSTANTS or issubclass(kind, _CONSTANT_KINDS):
        return True
    if kind is slice:
        return all(map(is_constant, (value.start, value.stop, value.step)))
    return issubclass(kind, enum.Enum) and vars(value).keys() <= _OF_ENUM and is_constant(vars(value)["_value_"])


def is_of_library(module: str) -> bool:
    """Return whether a Python module belongs to a library whose functions stay what they are."""
    return module.partition(".")[0] in _LIBRARIES


def is_standard(module: str) -> bool:
    """Return whether a Python module belongs to Python's own library."""
    return module.partition(".")[0] in _STANDARD


def is_of_package(kind: type) -> bool:
    """Return whether a class is one of this package."""
    return _root(kind) == "torchkeras_compat"


def is_of_user(kind: type) -> bool:
    """Return whether a class is written in Python, and in none of the known libraries."""
    root = _root(kind)
    return root not in _KNOWN and root not in _STANDARD and not _is_written_in_c(kind)


def _is_written_in_c(kind: type) -> bool:
    """Whether objects of a class may hold what neither `__dict__` nor slots show."""
    if not kind.__flags__ & _IS_HEAP_TYPE:
        return True
    for name, value in kind.__dict__.items():
        if isinstance(value, types.GetSetDescriptorType) and name not in ("__dict__", "__weakref__"):
            return True
        if isinstance(value, (types.MethodDescriptorType, types.WrapperDescriptorType)) and value.__objclass__ is kind:
            return True
    return False


def is_known(kind: type) -> bool:
    """Return whether a class is one of the libraries whose objects are known."""
    return _root(kind) in _KNOWN


def is_plain(kind: type) -> bool:
    """Return whether objects of a class hold what their `__dict__`, their slots and their items say, and no more."""
    return full_name(kind) in _PLAIN or (issubclass(kind, CONTAINERS) and _root(kind) in _KNOWN)


def is_changing(kind: type) -> bool:
    """Return whether objects of a class of this package change while a model trains."""
    return is_of_package(kind) and f"{kind.__module__}.".split(".")[1] in _CHANGING_PARTS


def own_state(module: nn.Module) -> frozenset[str]:
    """Return the attributes that a module has for itself, and those that training changes."""
    return Layer._own_state | LOOP_STATE | _OF_MODULES if isinstance(module, Layer) else _OF_MODULES


def _root(kind: type) -> str:
    module = kind.__module__
    return module.partition(".")[0] if isinstance(module, str) else ""
