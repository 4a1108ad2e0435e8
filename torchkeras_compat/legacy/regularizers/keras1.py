"""Regularizers by the names of Keras 1: of weights and of activities, which are today's `L1L2`."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.regularizers.base import Regularizer, check_factor
from torchkeras_compat.regularizers.norms import L1, L1L2, L2

WeightRegularizer = L1L2
ActivityRegularizer = L1L2
L1L2Regularizer = L1L2

_POWER = 9  # steps of the power method


def l1(l: float = 0.01) -> L1:  # Keras's name
    """Return the penalty ``l * sum(|x|)``.

    Args:
        l: Factor, not negative.

    Example:
        >>> l1(l=0.5)(torch.tensor([-2.0]))
        tensor(1.)

    Source: Keras 1.2 API, regularizers.
    """
    return L1(l)


def l2(l: float = 0.01) -> L2:
    """Return the penalty ``l * sum(x²)``.

    Args:
        l: Factor, not negative.

    Example:
        >>> l2(l=0.5)(torch.tensor([-2.0]))
        tensor(2.)

    Source: Keras 1.2 API, regularizers.
    """
    return L2(l)


def l1l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Return the penalty ``l1 * sum(|x|) + l2 * sum(x²)``.

    Args:
        l1: Factor of the absolute values.
        l2: Factor of the squares.

    Example:
        >>> l1l2(l1=0.5, l2=0.5)(torch.tensor([-2.0]))
        tensor(3.)

    Source: Keras 1.2 API, regularizers.
    """
    return L1L2(l1, l2)


activity_l1, activity_l2, activity_l1l2 = l1, l2, l1l2


class EigenvalueRegularizer(Regularizer):
    """``k`` times the largest singular value of a matrix: the root of the dominant eigenvalue of ``x.T @ x``.

    It is found by nine steps of the power method from a vector of ones, as in Keras 1.

    Args:
        k: Factor, not negative.

    Raises:
        ValueError: ``k`` is not such a number; when called: the weight is not a matrix.

    Example:
        >>> EigenvalueRegularizer(2.0)(torch.diag(torch.tensor([3.0, 1.0]))).round(decimals=3)
        tensor(6.)

    Source: Keras 1.2 API, regularizers; Golub and Van Loan, Matrix Computations, section 7.3.1.
    """

    def __init__(self, k: float) -> None:
        self.k = check_factor("k", k)

    def __call__(self, x: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(x)
        if weight.ndim != 2:
            raise ValueError(f"EigenvalueRegularizer is for matrices. Received: shape={tuple(weight.shape)}")
        covariance = weight.T @ weight
        vector = covariance.new_ones(covariance.shape[0])
        for _ in range(_POWER):
            vector = covariance @ vector
            vector = vector / vector.norm().clamp(min=torch.finfo(vector.dtype).tiny)  # whose length cancels out
        value = vector @ (covariance @ vector) / (vector @ vector).clamp(min=torch.finfo(vector.dtype).tiny)
        return self.k * value.sqrt()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"k": self.k}
