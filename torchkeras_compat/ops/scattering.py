"""Values written at given places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation

_REDUCTIONS = {"max": "amax", "min": "amin", "mul": "prod"}


@operation
def scatter(indices: Any, values: Any, shape: Sequence[int]) -> torch.Tensor:
    """Return zeros with ``values`` added at ``indices``; values at one place are summed.

    Args:
        indices: Integers ``(..., depth)``: the first ``depth`` coordinates of each value.
        values: ``(..., *rest)``, where ``rest`` is ``shape`` without its first ``depth`` axes.
        shape: Shape of the result.

    Example:
        >>> scatter([[1], [3], [1]], [1.0, 2.0, 4.0], (4,))
        tensor([0., 5., 0., 2.])
    """
    values = convert_to_tensor(values)
    return values.new_zeros(tuple(shape)).index_put_(_coordinates(indices), values, accumulate=True)


@operation
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> torch.Tensor:
    """Return ``inputs`` with ``updates`` written at ``indices``.

    Args:
        inputs: Tensor.
        indices: Integers ``(..., depth)``: the first ``depth`` coordinates of each update.
        updates: ``(..., *rest)``, where ``rest`` is the shape of ``inputs`` without its first ``depth`` axes.
        reduction: None to replace (with repeated indices, by any one of the updates), or ``"add"``, ``"max"``,
            ``"min"``, ``"mul"`` to join the updates with what is there.

    Raises:
        ValueError: ``reduction`` is none of these.

    Example:
        >>> scatter_update([1.0, 1.0, 1.0], [[0], [0]], [2.0, 3.0], reduction="add")
        tensor([6., 1., 1.])
    """
    inputs = convert_to_tensor(inputs)
    updates = convert_to_tensor(updates).to(inputs.dtype)
    coordinates = _coordinates(indices)
    if reduction in (None, "add"):
        return inputs.index_put(coordinates, updates, accumulate=reduction == "add")
    if reduction not in _REDUCTIONS:
        raise ValueError(f"`reduction` must be None, 'add', 'max', 'min' or 'mul'. Received: reduction={reduction!r}")
    depth = len(coordinates)
    rest = inputs.shape[depth:]
    rows = torch.zeros_like(coordinates[0])
    for coordinate, size in zip(coordinates, inputs.shape):
        rows = rows * size + torch.where(coordinate < 0, coordinate + size, coordinate)
    flat = inputs.reshape(math.prod(inputs.shape[:depth]), -1)
    updates = updates.expand(*rows.shape, *rest).reshape(rows.numel(), flat.shape[1])
    rows = rows.reshape(-1, 1).expand(updates.shape)
    return flat.scatter_reduce(0, rows, updates, _REDUCTIONS[reduction]).reshape(inputs.shape)


def _coordinates(indices: Any) -> tuple[torch.Tensor, ...]:
    return convert_to_tensor(indices).to(torch.int64).unbind(-1)
