"""Weights whose first values are not made while a model is read from a file: most are about to come from it.

Inside a scope of `UnfilledValues` weights get memory, and what would fill it is put off. The scope sees every operation
of torch, as `MemoryBudget` does, and what reads memory without one, such as ``tensor.numpy()``: one that uses such a
weight, as the ``build`` of a user's layer may, has it filled before. What the file does not have is filled in the end,
so that nobody sees the difference: an initializer draws by the seed that it got when it was made, whenever that is.
"""

from __future__ import annotations

import contextvars
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

SMALLEST = 1024  # values; to fill fewer takes less time than to keep an account of them

Tensors = Sequence[torch.Tensor]


class UnfilledValues:
    """The weights that wait for their values; a scope, which may be entered several times, in which more may come.

    Args:
        within: Scope in which values are made, and which calls :meth:`before_use`: a `MemoryBudget`.
    """

    def __init__(self, within: AbstractContextManager[Any]) -> None:
        self._within = within
        self._reads = _Reads()
        self._waiting: dict[int, _Waiting] = {}
        self._tokens: list[Any] = []

    def __enter__(self) -> UnfilledValues:
        self._tokens.append(_current.set(self))
        OPEN.append(self)
        self._reads.__enter__()
        self._within.__enter__()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        try:
            self._within.__exit__(*exc_info)
        finally:
            self._reads.__exit__(*exc_info)
            OPEN.remove(self)
            _current.reset(self._tokens.pop())

    def put_off(self, tensors: Tensors, make: Callable[[], Tensors]) -> bool:
        """Keep in mind what fills new tensors; return False if they have to be filled at once.

        Args:
            tensors: Tensors of their own memory, whose values are nobody's yet.
            make: Returns their values, in the same order.
        """
        storages = [_storage(t) for t in tensors]
        keys = {_key(s) for s in storages if s is not None}
        if None in storages or len(keys) < len(tensors) or any(key in self._waiting for key in keys):
            self.before_use(tensors)
            return False
        entry = _Waiting(tensors, make)
        self._waiting.update(dict.fromkeys(keys, entry))
        for storage in storages:
            weakref.finalize(storage, self._waiting.pop, _key(storage), None).atexit = False
        return True

    def before_use(self, values: Iterable[Any]) -> None:
        """Fill those of the tensors that wait; what else is among the values, lists of tensors too, may be anything."""
        if not self._waiting:
            return
        for value in values:
            if isinstance(value, (list, tuple)):
                self.before_use(value)
            elif isinstance(value, torch.Tensor) and (entry := self._waiting.get(_key(_storage(value)))) is not None:
                self._fill(entry)

    def come_from_file(self, tensors: Iterable[torch.Tensor]) -> None:
        """Forget those that are about to get all their values from a file, and fill all others."""
        for tensor in tensors:
            self._waiting.pop(_key(_storage(tensor)), None)
        self.fill()

    def fill(self) -> None:
        """Fill all that wait."""
        while self._waiting:
            self._fill(next(iter(self._waiting.values())))

    def _fill(self, entry: _Waiting) -> None:
        for key in [key for key, other in self._waiting.items() if other is entry]:
            del self._waiting[key]
        with self._within, torch.no_grad():
            entry.fill()


OPEN: list[UnfilledValues] = []
"""The scopes that are open, in all threads: it is empty nearly always, and to look costs no call."""

_current: contextvars.ContextVar[UnfilledValues | None] = contextvars.ContextVar("unfilled_values", default=None)


def current_scope() -> UnfilledValues | None:
    """Return the scope that is open in this thread."""
    return _current.get()


def before_use(*values: Any) -> None:
    """Fill those of the tensors that wait, where no operation of torch says that they are used."""
    unfilled = _current.get()
    if unfilled is not None:
        unfilled.before_use(values)


class _Reads(TorchFunctionMode):
    """Sees what reads the memory of tensors without an operation of torch."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None) -> Any:
        if func in _READS:
            before_use(*args)
        return func(*args, **(kwargs or {}))


_READS = frozenset(getattr(torch.Tensor, name) for name in "numpy tolist __array__ __dlpack__ data_ptr".split())


class _Waiting:
    """Tensors that wait, by their memory: a weight that is dropped takes none."""

    def __init__(self, tensors: Tensors, make: Callable[[], Tensors]) -> None:
        self._make = make
        self._places = [
            (weakref.ref(t.untyped_storage()), t.dtype, t.storage_offset(), t.shape, t.stride()) for t in tensors
        ]

    def fill(self) -> None:
        if all(reference() is None for reference, *_ in self._places):
            return
        for (reference, dtype, *place), values in zip(self._places, self._make(), strict=True):
            storage = reference()
            if storage is not None:
                torch.empty(0, dtype=dtype, device=storage.device).set_(storage, *place).copy_(values)


def _storage(tensor: torch.Tensor) -> Any:
    """The memory of a tensor that has some; None for sparse ones, fake ones and those of the meta device."""
    if tensor.layout is not torch.strided or tensor.device.type == "meta" or type(tensor) not in _PLAIN:
        return None
    return tensor.untyped_storage()


_PLAIN = (torch.Tensor, torch.nn.Parameter)


def _key(storage: Any) -> int:
    if storage is None:
        return -1
    # A number that all views share; `_cdata` is a private name of torch's, `data_ptr` will do as well.
    return int(storage._cdata if hasattr(storage, "_cdata") else storage.data_ptr())
