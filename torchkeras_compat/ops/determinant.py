"""Determinants of matrices by sign and logarithm."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation


@operation
def slogdet(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Sign of the determinant, and the logarithm of its absolute value, which does not overflow.

    Args:
        x: ``(..., n, n)``.

    Returns:
        Sign and logarithm, both ``(...)``.

    Raises:
        RuntimeError: the matrices are not square.

    Example:
        >>> slogdet(torch.eye(3) * -1)
        (tensor(-1.), tensor(0.))
    """
    sign, logarithm = torch.linalg.slogdet(as_float(x))
    return sign, logarithm
