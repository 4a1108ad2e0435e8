"""Tensors with a border."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import choose, is_tensor, operands, sizes, tensor

_MODES = ("CONSTANT", "REFLECT", "SYMMETRIC")


@tensor_function(strings=("tensor", "constant_values"))
def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None
) -> torch.Tensor:
    """Return the tensor with elements put before and after along each axis.

    Args:
        tensor: Tensor of any rank.
        paddings: ``(rank, 2)``: numbers of elements before and after.
        mode: ``"CONSTANT"``; ``"REFLECT"``, mirrored at the outermost element; ``"SYMMETRIC"``, mirrored beyond it.
        constant_values: What to pad with.
        name: Not used.

    Raises:
        InvalidArgumentError: ``paddings`` has another shape, or is wider than a mirror allows.
        ValueError: ``mode`` is unknown.
    """
    x = as_tensor(tensor)
    pairs = _pairs(paddings, x.ndim)
    mode = choose(mode, _MODES, "mode")
    if mode == "CONSTANT":
        _, value = operands(x, constant_values)
        shape = [before + size + after for (before, after), size in zip(pairs, x.shape)]
        result = value.to(x.device).broadcast_to(shape).clone()
        inside = tuple(slice(before, before + size) for (before, _), size in zip(pairs, x.shape))
        result[inside] = x
        return result
    for axis, (before, after) in enumerate(pairs):
        size = x.shape[axis]
        limit = size - 1 if mode == "REFLECT" else size
        if max(before, after) > limit:
            raise InvalidArgumentError(
                f"Mode {mode} pads an axis of size {size} by at most {limit}. Received: {(before, after)}"
            )
        if before or after:
            x = x.index_select(axis, _mirrored(size, before, after, mode == "REFLECT", x.device))
    return x


def _mirrored(size: int, before: int, after: int, is_reflected: bool, device: torch.device) -> torch.Tensor:
    """Positions ``-before ... size + after`` folded back into the axis."""
    places = torch.arange(-before, size + after, device=device)
    if is_reflected:
        places = places.abs()
        return torch.where(places < size, places, 2 * (size - 1) - places)
    places = torch.where(places < 0, -1 - places, places)
    return torch.where(places < size, places, 2 * size - 1 - places)


def _pairs(paddings: Any, ndim: int) -> list[tuple[int, int]]:
    if is_tensor(paddings) or hasattr(paddings, "tolist"):
        paddings = paddings.tolist()
    rows = [sizes(row, "paddings") for row in paddings]
    if len(rows) != ndim or any(len(row) != 2 or min(row) < 0 for row in rows):
        raise InvalidArgumentError(
            f"`paddings` needs a pair of numbers that are not negative for each of {ndim} axes. Received: {rows}"
        )
    return [(row[0], row[1]) for row in rows]


as_tensor = tensor
