"""Constraints on the sign and the norms of weights."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.constraints.base import Constraint
from torchkeras_compat.ops.conversion import cast, convert_to_tensor

Axis = int | list[int] | tuple[int, ...]


def _norm(w: torch.Tensor, axis: Axis) -> torch.Tensor:
    return w.square().sum(dim=axis, keepdim=True).sqrt()


class MaxNorm(Constraint):
    """Scales weights down whose norm over ``axis`` exceeds ``max_value``.

    Args:
        max_value: Largest norm.
        axis: Axis, or axes, of the norm in Keras's layout: 0 for the incoming weights of a `Dense` unit.

    Example:
        >>> MaxNorm(1.0)(torch.tensor([[3.0], [4.0]])).norm().round(decimals=3)
        tensor(1.)

    Source: Srivastava et al. 2014.
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(w)
        norms = _norm(weight, self.axis)
        return weight * (norms.clamp(0, self.max_value) / (config.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """Sets negative weights to zero.

    Example:
        >>> NonNeg()(torch.tensor([-1.0, 2.0]))
        tensor([-0., 2.])
    """

    def __call__(self, w: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(w)
        return weight * cast(weight >= 0, weight.dtype)


class UnitNorm(Constraint):
    """Scales weights to norm 1 over ``axis``.

    Args:
        axis: Axis, or axes, of the norm in Keras's layout.
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(w)
        return weight / (config.epsilon() + _norm(weight, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Brings norms over ``axis`` between ``min_value`` and ``max_value``.

    Args:
        min_value: Smallest norm.
        max_value: Largest norm.
        rate: Fraction of the way that is gone in one step, in [0, 1].
        axis: Axis, or axes, of the norm in Keras's layout.
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Axis = 0) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(w)
        norms = _norm(weight, self.axis)
        wanted = self.rate * norms.clamp(self.min_value, self.max_value) + (1 - self.rate) * norms
        return weight * (wanted / (config.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}
