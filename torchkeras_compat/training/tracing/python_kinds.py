"""Which Python objects stay what they are, which show all they hold, and which may change unseen."""

from __future__ import annotations

import collections
import enum
import functools
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

CONTAINERS = (list, dict, set, collections.deque, tuple, frozenset, types.MappingProxyType)
"""Whose items can be listed."""
_CONSTANTS = frozenset(
    {
        *(int, bool, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range),
        *(torch.dtype, torch.device, torch.layout, torch.memory_format, torch.finfo, torch.iinfo, torch.Size),
        *(re.Pattern, types.GenericAlias, types.UnionType, typing.TypeVar, logging.Logger),
    }
)
_CONSTANT_KINDS = (enum.Enum, np.generic, np.dtype, pathlib.PurePath)
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
DESCRIPTORS = (property, functools.cached_property, types.GetSetDescriptorType, _TUPLE_GETTER)
"""What computes an attribute: the code that it runs is looked at when it runs."""
_STANDARD = sys.stdlib_module_names - {"__main__"}
_IS_WRITTEN_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_CHANGING_PARTS = frozenset({"callbacks", "data", "distribution", "models", "optimizers", "training"})
CHANGING_PROPERTIES = frozenset({"losses", "metrics", "metrics_names", "metrics_variables"})
"""Properties of layers that tell other things while a step runs."""
_OF_MODULES = frozenset(nn.Module().__dict__)


def name(kind: type) -> str:
    """Return the full name of a class."""
    return f"{kind.__module__}.{kind.__qualname__}"


def is_constant(value: Any) -> bool:
    """Return whether a value never changes and leads nowhere."""
    return type(value) in _CONSTANTS or isinstance(value, _CONSTANT_KINDS)


def is_of_library(module: str) -> bool:
    """Return whether a Python module belongs to a library whose functions stay what they are."""
    return module.partition(".")[0] in _LIBRARIES


def is_of_package(kind: type) -> bool:
    """Return whether a class is one of this package."""
    return _root(kind) == "torchkeras_compat"


def is_of_user(kind: type) -> bool:
    """Return whether a class is written in Python, and in none of the known libraries."""
    root = _root(kind)
    return bool(kind.__flags__ & _IS_WRITTEN_IN_PYTHON) and root not in _KNOWN and root not in _STANDARD


def is_known(kind: type) -> bool:
    """Return whether a class is one of the libraries whose objects are known."""
    return _root(kind) in _KNOWN


def is_plain(kind: type) -> bool:
    """Return whether objects of a class hold what their `__dict__`, their slots and their items say, and no more."""
    return name(kind) in _PLAIN or (issubclass(kind, CONTAINERS) and _root(kind) in _KNOWN)


def is_changing(kind: type) -> bool:
    """Return whether objects of a class of this package change while a model trains."""
    return is_of_package(kind) and f"{kind.__module__}.".split(".")[1] in _CHANGING_PARTS


def own_state(module: nn.Module) -> frozenset[str]:
    """Return the attributes that a module has for itself, and those that training changes."""
    return Layer._own_state | LOOP_STATE | _OF_MODULES if isinstance(module, Layer) else _OF_MODULES


def _root(kind: type) -> str:
    return (kind.__module__ or "").partition(".")[0]
