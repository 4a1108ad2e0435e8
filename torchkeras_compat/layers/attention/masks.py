"""The masks of attention, as one boolean tensor: True where a step attends to a source step."""

from __future__ import annotations

import functools
import operator
from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor


def as_mask(mask: Any) -> torch.Tensor:
    """Return a mask of any type as a boolean tensor."""
    if isinstance(mask, torch.Tensor) and mask.dtype is torch.bool:
        return mask
    converted: torch.Tensor = convert_to_tensor(mask, "bool")
    return converted


def causal_mask(steps: int, source_steps: int, device: torch.device) -> torch.Tensor:
    """Return the mask ``(steps, source_steps)`` under which no step attends to a later one."""
    return torch.ones(steps, source_steps, dtype=torch.bool, device=device).tril()


def window_mask(steps: int, source_steps: int, window: int, device: torch.device) -> torch.Tensor:
    """Return the mask ``(steps, source_steps)`` under which steps attend to those less than ``window`` away."""
    return torch.ones(steps, source_steps, dtype=torch.bool, device=device).triu(1 - window).tril(window - 1)


def all_of(masks: list[torch.Tensor]) -> torch.Tensor | None:
    """Return where all masks hold; None if there is none."""
    return functools.reduce(operator.and_, masks) if masks else None


def insert_axes(mask: torch.Tensor, ndim: int, last: int) -> torch.Tensor:
    """Return ``mask`` with axes of size 1 put in before its ``last`` axes until it has ``ndim``."""
    shape = tuple(mask.shape)
    place = max(0, len(shape) - last)
    return mask.reshape(shape[:place] + (1,) * (ndim - len(shape)) + shape[place:])
