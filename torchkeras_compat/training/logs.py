"""`LazyLogs`: logs whose values are read from the device when somebody looks."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.variables import Variable


class LazyLogs(dict[str, Any]):
    """A dictionary of logs that holds tensors and hands out Python floats.

    Making one costs nothing on the device. A value is read once, at the first look; ``dict(logs)``, ``{**logs}``,
    iteration over the items and comparison read all of them.

    Args:
        values: Names and values: zero-dimensional tensors, functions without arguments that return one (a metric's
            ``result``), or what is a Python value already. A function may also return a dictionary or an array.

    Example:
        >>> logs = LazyLogs({"loss": torch.tensor(0.5)})
        >>> logs["loss"], dict(logs), logs.unread("loss")
        (0.5, {'loss': 0.5}, 0.5)
    """

    __slots__ = ("__weakref__",)

    @classmethod
    def promised(cls, names: Iterable[str], results: Callable[[], Mapping[str, Any]]) -> LazyLogs:
        """Return logs of these names, whose values ``results`` computes, all at once, at the first look."""
        promise = _Promise(results)
        return cls({name: partial(promise, name) for name in names})

    def compute(self) -> None:
        """Compute the values that are still functions, without waiting for the device: they are about to change."""
        for name in self:
            self.unread(name)

    def unread(self, name: str) -> Any:
        """Return a value as it is stored, a tensor if nobody has looked at it yet; None if there is none."""
        value = super().get(name)
        if callable(value):
            value = value()
            super().__setitem__(name, value)
        return value

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if callable(value) or isinstance(value, torch.Tensor):
            value = self.unread(name)
            if isinstance(value, torch.Tensor) and not value.is_cpu:
                self._read_together()  # who looks at one value mostly looks at the others next
                value = super().__getitem__(name)
            value = read(value)
            super().__setitem__(name, value)
        return value

    # dict copies a subclass without asking it, unless its iterator is another one.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default

    def pop(self, name: str, *default: Any) -> Any:
        if name in self:
            value = self[name]
            del self[name]
            return value
        return super().pop(name, *default)

    def popitem(self) -> tuple[str, Any]:
        name, value = super().popitem()
        return name, read(value)

    def setdefault(self, name: str, default: Any = None) -> Any:
        if name not in self:
            self[name] = default
        return self[name]

    def values(self) -> Any:
        self._read_all()
        return super().values()

    def items(self) -> Any:
        self._read_all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    def __eq__(self, other: object) -> bool:
        self._read_all()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        return {**self, **other}

    def __ror__(self, other: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        return {**other, **self}

    def __repr__(self) -> str:
        self._read_all()
        return super().__repr__()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.copy(),)

    def _read_all(self) -> None:
        """Read every value, tensors of one device in one copy."""
        self._read_together()
        for name in self:
            self[name]

    def _read_together(self) -> None:
        unread = {name: value for name in self if isinstance(value := self.unread(name), torch.Tensor)}
        read_together(unread)
        for name, value in unread.items():
            super().__setitem__(name, value)


class _Promise:
    """Results that are computed at the first look."""

    __slots__ = ("_results", "_values")

    def __init__(self, results: Callable[[], Mapping[str, Any]]) -> None:
        self._results = results
        self._values: Mapping[str, Any] | None = None

    def __call__(self, name: str) -> Any:
        if self._values is None:
            self._values = self._results()
        return self._values[name]


def give_logs(hook: Callable[[int, LazyLogs], Any], step: int, make_logs: Callable[[], LazyLogs]) -> None:
    """Call a per-batch hook with logs that nobody has waited for.

    Args:
        hook: Called with the step and the logs.
        step: Index of the step in its epoch.
        make_logs: Returns the logs, of which nobody else holds a reference.
    """
    logs = make_logs()
    hook(step, logs)
    # Who keeps the logs must not find the numbers of later steps in them; mostly they are gone when the hook returns.
    kept = weakref.ref(logs)
    del logs
    still_there = kept()
    if still_there is not None:
        still_there.compute()


def numbers(logs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return logs as floats and arrays, the loss first: the one place where a loop waits for the device."""
    found = flat(logs or {})
    read_together(found)
    for name, value in found.items():
        if isinstance(value, (torch.Tensor, Variable)):
            array = convert_to_numpy(value)
            found[name] = float(array) if array.ndim == 0 else array
        elif isinstance(value, (int, float, np.generic)):
            found[name] = float(value)
    if "loss" not in found:
        return found
    return {"loss": found.pop("loss"), **found}


def read_together(logs: dict[str, Any]) -> None:
    """Put floats in place of the real scalar tensors, those of one device read from it in one copy."""
    by_device: dict[torch.device | None, list[str]] = {}
    for name, value in logs.items():
        if type(value) is torch.Tensor and value.ndim == 0 and not value.is_complex() and not value.is_meta:
            by_device.setdefault(None if value.is_cpu else value.device, []).append(name)
    for device, names in by_device.items():
        values = [logs[name].detach() for name in names]
        if device is None or len(values) == 1:
            logs.update(zip(names, map(float, values), strict=True))
        else:
            # Float64 holds the numbers of the other dtypes; where a device lacks it (MPS), float32 does for logs.
            wide = torch.float32 if device.type == "mps" else torch.float64
            together = torch.stack([value.detach().to(wide) for value in values])
            logs.update(zip(names, together.tolist(), strict=True))


def flat(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Return logs with the entries of dictionaries among the values in their place."""
    found: dict[str, Any] = {}
    for name, value in logs.items():
        if type(value) is not torch.Tensor and isinstance(value, Mapping):
            found.update(flat(value))
        else:
            found[name] = value
    return found


def read(value: Any) -> Any:
    """Return the Python value of a log: a float for a tensor of one element, an array for a larger one.

    Args:
        value: Tensor, function without arguments, structure of these, or a Python value.

    Example:
        >>> read(torch.tensor(2)), read(lambda: torch.tensor(0.5)), read("text")
        (2.0, 0.5, 'text')
    """
    if isinstance(value, Callable):  # type: ignore[arg-type]
        value = value()
    if isinstance(value, torch.Tensor):
        return float(value.detach()) if value.numel() == 1 else value.detach().cpu().numpy()
    if isinstance(value, dict):
        return {name: read(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [read(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value
