"""``K.update`` and its kin: at once on values, recorded on recorded tensors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.legacy.backend.graph.nodes import Update
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variables import Variable

_TAKEN_BACK = "_keras_update"
_KEPT_BACK: ContextVar[bool] = ContextVar("updates are returned, not made", default=False)


@contextmanager
def updates_kept_back() -> Iterator[None]:
    """Have updates returned, to be made later, also where the new values are known.

    Example:
        >>> v = Variable(1.0)
        >>> with updates_kept_back():
        ...     change = update(v, 2.0)
        >>> float(v)
        1.0
    """
    token = _KEPT_BACK.set(True)
    try:
        yield
    finally:
        _KEPT_BACK.reset(token)


def update(x: Variable, new_x: Any) -> Any:
    """Set a variable to a new value.

    Args:
        x: The variable.
        new_x: Value of its shape; recorded, the update is made when the graph is run: by ``K.function(updates=...)``,
            or when it is fetched.

    Returns:
        The new value, or the recorded update.

    Raises:
        TypeError: ``x`` is not a Variable.
        ValueError: the shape differs.

    Example:
        >>> v = Variable([1.0])
        >>> update(v, [3.0])
        tensor([3.])
    """
    return _updated(x, new_x, lambda new: ("=", new))


def update_add(x: Variable, increment: Any) -> Any:
    """Add to a variable; see :func:`update`.

    Example:
        >>> update_add(Variable(1), 2)
        tensor(3, dtype=torch.int32)
    """
    return _updated(x, increment, lambda by: ("+", by))


def update_sub(x: Variable, decrement: Any) -> Any:
    """Subtract from a variable; see :func:`update`.

    Example:
        >>> update_sub(Variable(3.0), 2.0)
        tensor(1.)
    """
    return _updated(x, decrement, lambda by: ("-", by))


def moving_average_update(x: Variable, value: Any, momentum: Any) -> Any:
    """Set a variable to ``x * momentum + value * (1 - momentum)``; see :func:`update`.

    Example:
        >>> moving_average_update(Variable(1.0), 2.0, 0.75)
        tensor(1.2500)

    Source: Keras 2.3 API, backend.moving_average_update.
    """
    return update(x, _averaged(x, value, momentum))


@operation
def _averaged(x: Any, value: Any, momentum: Any) -> torch.Tensor:
    now = tensor(x)
    mean: torch.Tensor = now - (now - tensor(value, now.dtype)) * (1.0 - momentum)
    return mean


class StepUpdate(Update):
    """An update by a value that is known: added, subtracted or assigned again in each run."""

    def __init__(self, variable: Variable, kind: str, by: Any) -> None:
        super().__init__(variable, by)
        self.kind = kind

    def compute(self, found: dict[int, Any]) -> Any:
        by = tensor(super().compute(found), self.variable.dtype).detach()
        now = self.variable.value.detach()
        return {"+": now + by, "-": now - by, "=": by.clone()}[self.kind]


def _updated(x: Any, by: Any, describe: Any) -> Any:
    if not isinstance(x, Variable):
        raise TypeError(f"Only variables can be updated: use `K.variable(value)`. Received: {x!r}")
    kind, by = describe(by)
    change = StepUpdate(x, kind, by)
    if isinstance(by, KerasTensor) or _KEPT_BACK.get():
        return change
    if is_inferring_shapes():
        return x.value.detach().to("meta")
    before = x.value.detach().clone()
    new = change.compute({})
    result = x.assign(new).detach()
    if result is new or not isinstance(result, torch.Tensor):
        result = new.clone()
    setattr(result, _TAKEN_BACK, (change, before))
    return result


def as_updates(updates: Any) -> list[Update]:
    """Return what ``K.function`` takes as updates: those recorded, ``(variable, new)``, or updates made at once.

    One made at once, when it was written, is taken back, since in a graph writing an update does not make it.

    Raises:
        TypeError: something is not an update.
    """
    found: list[Any] = []
    for item in updates if isinstance(updates, (list, tuple)) else [updates]:
        if item is None:
            continue
        if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], Variable):
            found.append(StepUpdate(item[0], "=", item[1]))
        elif hasattr(item, "compute") and hasattr(item, "apply"):
            found.append(item)
        elif isinstance(item, torch.Tensor) and hasattr(item, _TAKEN_BACK):
            change, before = getattr(item, _TAKEN_BACK)
            if torch.equal(change.variable.value.detach(), item):
                change.variable.assign(before)
            found.append(change)
        elif isinstance(item, (list, tuple)):
            found += as_updates(item)
        else:
            raise TypeError(f"`updates` holds updates, such as `K.update(x, new_x)`. Received: {item!r}")
    return found
