"""Penalties on the size of weights."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.naming import auto_name
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.regularizers.base import Regularizer, check_factor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import record_function


class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x²)``.

    Args:
        l1: Factor of the absolute values.
        l2: Factor of the squares.

    Raises:
        ValueError: a factor is negative or no number.

    Example:
        >>> L1L2(l1=1.0, l2=1.0)(torch.tensor([2.0]))
        tensor(6.)
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = check_factor("l1", 0.0 if l1 is None else l1)
        self.l2 = check_factor("l2", 0.0 if l2 is None else l2)

    def __call__(self, x: Any) -> torch.Tensor:
        if isinstance(x, KerasTensor):
            return record_function(self.__call__, (x,), {}, name=auto_name("l1_l2"))  # type: ignore[no-any-return]
        x = convert_to_tensor(x)
        total = torch.zeros((), dtype=x.dtype, device=x.device)
        if self.l1:
            total = total + self.l1 * x.abs().sum()
        if self.l2:
            total = total + self.l2 * x.square().sum()
        return total

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """``l1 * sum(|x|)``.

    Args:
        l1: Factor.

    Raises:
        ValueError: the factor is negative or no number.
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = check_factor("l1", 0.01 if l1 is None else l1)

    def __call__(self, x: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(x)
        return self.l1 * weight.abs().sum()

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """``l2 * sum(x²)``.

    Args:
        l2: Factor.

    Raises:
        ValueError: the factor is negative or no number.
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = check_factor("l2", 0.01 if l2 is None else l2)

    def __call__(self, x: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(x)
        return self.l2 * weight.square().sum()

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """``factor * mean |cosine|`` over pairs of rows (or columns): small where they are orthogonal.

    Args:
        factor: Factor.
        mode: ``"rows"`` or ``"columns"``.

    Raises:
        ValueError: ``mode`` is another, the factor is bad, or the weight has not two axes.

    Source: Keras API, regularizers/OrthogonalRegularizer.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = check_factor("factor", factor)
        if mode not in ("rows", "columns"):
            raise ValueError(
                f'Invalid value for argument `mode`. Expected one of {{"rows", "columns"}}. Received: mode={mode}'
            )
        self.mode = mode

    def __call__(self, x: Any) -> torch.Tensor:
        if isinstance(x, KerasTensor):
            return record_function(self.__call__, (x,), {}, name=auto_name("orthogonal"))  # type: ignore[no-any-return]
        rows: torch.Tensor = convert_to_tensor(x)
        if rows.ndim != 2:
            raise ValueError(
                f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={tuple(rows.shape)}"
            )
        rows = rows if self.mode == "rows" else rows.T
        unit = torch.nn.functional.normalize(rows, dim=1, eps=1e-6)
        n = rows.shape[0]
        off_diagonal = (unit @ unit.T) * (1.0 - torch.eye(n, dtype=rows.dtype, device=rows.device))
        pairs = n * (n - 1.0) / 2.0
        return self.factor * 0.5 * off_diagonal.abs().sum() / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
