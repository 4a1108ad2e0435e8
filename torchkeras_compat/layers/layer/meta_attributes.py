"""What ``call`` keeps for its next run, taken back after a run on meta tensors: a mask for these sizes, say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch import nn

_PLAIN = (int, float, bool, str, tuple, type(None))
_OF_MODULES = frozenset(nn.Module().__dict__)
_DEPTH = 3


@contextlib.contextmanager
def without_meta_attributes(module: nn.Module) -> Iterator[None]:
    """Put back, at the end, attributes of a module and of those below that hold meta tensors by then.

    So are the numbers, strings and tuples beside them, which may say what was kept: unless a ``build`` of the user's
    ran, which may have set them. Where the run fails, as code does that looks at numbers, they are put back as well.
    """
    before = [_Before(m) for m in module.modules()]
    has_failed = True
    try:
        yield
        has_failed = False
    finally:
        for each in before:
            each.put_back(has_failed)


class _Before:
    """The attributes of a module before the run."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.attributes = dict(module.__dict__)
        self.buffers = dict(module._buffers)
        own: frozenset[str] = getattr(type(module), "_own_state", _OF_MODULES)
        self.own = own
        copies = ((k, _copied(v)) for k, v in module.__dict__.items() if k not in own)
        self.inner = {key: copy for key, copy in copies if copy is not None}
        self.was_built = module.__dict__.get("built", True)

    def put_back(self, has_failed: bool) -> None:
        state = self.module.__dict__
        new = [k for k, v in self.module._buffers.items() if _holds_meta(v, 0) and self.buffers.get(k) is None]
        kept = [k for k, v in state.items() if k not in self.own and _holds_meta(v, _DEPTH)]
        for key in new:
            _put(self.module._buffers, key, self.buffers)
        for key in kept:
            _put(state, key, self.attributes)
            if key in self.inner:
                _restore(self.attributes[key], self.inner[key])
        builds = not self.was_built and hasattr(type(self.module).__dict__.get("build"), "_raw")
        if (new or kept or has_failed) and not builds:
            for key in [k for k, v in state.items() if k not in self.own and type(v) in _PLAIN]:
                _put(state, key, self.attributes)


def _put(state: dict[str, Any], key: str, before: dict[str, Any]) -> None:
    if key in before:
        state[key] = before[key]
    else:
        del state[key]


def _copied(value: Any) -> Any:
    """A copy of what a container or a plain object holds; None for anything else."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return list(value)
    found = _attributes(value)
    return None if found is None else dict(found)


def _restore(value: Any, before: Any) -> None:
    held = value if isinstance(value, (dict, list)) else _attributes(value)
    if isinstance(held, list):  # past what a list or dict of layers does with each item
        list.__setitem__(held, slice(None), before)
    else:
        dict.clear(held)
        dict.update(held, before)


def _holds_meta(value: Any, depth: int) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_meta
    if depth == 0:
        return False
    if isinstance(value, dict):
        return any(_holds_meta(item, depth - 1) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds_meta(item, depth - 1) for item in value)
    return any(_holds_meta(item, depth - 1) for item in (_attributes(value) or {}).values())


def _attributes(value: Any) -> Any:
    """The attributes of a plain object; None for what has none, or is looked at by itself."""
    if isinstance(value, (nn.Module, torch.Tensor, type, ModuleType, FunctionType)):
        return None
    try:
        return object.__getattribute__(value, "__dict__")  # past what a class of the user may do about it
    except AttributeError:
        return None
