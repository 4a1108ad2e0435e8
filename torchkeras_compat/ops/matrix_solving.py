"""Systems of linear equations. Leading axes are batches."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.matrix_factors import as_matrix, check_matrix
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


@operation
def inv(x: Any) -> torch.Tensor:
    """Return the inverse of square matrices ``(..., n, n)``.

    Raises:
        ValueError: a matrix is not square.
        torch.linalg.LinAlgError: a matrix is singular.

    Example:
        >>> inv([[2.0, 0.0], [0.0, 4.0]])
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    return torch.linalg.inv(as_matrix(x, square=True))


@operation
def pinv(x: Any, rcond: float | None = None) -> torch.Tensor:
    """Return the pseudo-inverse of matrices ``(..., m, n)``, which is ``(..., n, m)``.

    Args:
        x: Matrices.
        rcond: Singular values below this fraction of the largest count as zero; None for machine precision.

    Raises:
        ValueError: ``x`` has fewer than two axes.

    Example:
        >>> pinv([[2.0, 0.0], [0.0, 0.0]])
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
    """
    return torch.linalg.pinv(as_matrix(x), rtol=rcond)


@operation
def solve(a: Any, b: Any) -> torch.Tensor:
    """Return ``x`` with ``a @ x == b``.

    Args:
        a: Square matrices ``(..., n, n)``.
        b: Vectors ``(..., n)`` or matrices ``(..., n, k)``.

    Raises:
        ValueError: the shapes do not fit together.
        torch.linalg.LinAlgError: a matrix is singular.

    Example:
        >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0])
        tensor([1.0000, 0.5000])
    """
    a, b = as_pair(a, b, minimum=float)
    _check_system(a, b)
    if b.ndim == a.ndim - 1:
        return torch.linalg.solve(a, b.unsqueeze(-1)).squeeze(-1)
    return torch.linalg.solve(a, b)


@operation
def solve_triangular(a: Any, b: Any, lower: bool = False) -> torch.Tensor:
    """Return ``x`` with ``a @ x == b`` for triangular ``a``; its other half is not looked at.

    Args:
        a: Square matrices ``(..., n, n)``.
        b: Vectors ``(..., n)`` or matrices ``(..., n, k)``.
        lower: Whether ``a`` is lower triangular.

    Raises:
        ValueError: the shapes do not fit together.

    Example:
        >>> solve_triangular([[1.0, 2.0], [0.0, 5.0]], [2.0, 10.0])
        tensor([-2.,  2.])
    """
    a, b = as_pair(a, b, minimum=float)
    _check_system(a, b)
    if b.ndim == a.ndim - 1:
        return torch.linalg.solve_triangular(a, b.unsqueeze(-1), upper=not lower).squeeze(-1)
    return torch.linalg.solve_triangular(a, b, upper=not lower)


def _lstsq_spec(a: Any, b: Any, rcond: float | None = None) -> KerasTensor:
    check_matrix(a.shape)
    return KerasTensor((*a.shape[:-2], a.shape[-1], *b.shape[len(a.shape) - 1 :]), a.dtype)


@operation(output_spec=_lstsq_spec)
def lstsq(a: Any, b: Any, rcond: float | None = None) -> torch.Tensor:
    """Return the shortest ``x`` that makes ``a @ x`` nearest to ``b``.

    Args:
        a: Matrices ``(..., m, n)``, of any rank.
        b: Vectors ``(..., m)`` or matrices ``(..., m, k)``.
        rcond: Singular values below this fraction of the largest count as zero; None for machine precision.

    Returns:
        ``(..., n)`` or ``(..., n, k)``.

    Raises:
        ValueError: the shapes do not fit together.

    Example:
        >>> lstsq([[1.0], [1.0]], [1.0, 3.0]).round(decimals=4)
        tensor([2.])
    """
    a, b = as_pair(a, b, minimum=float)
    check_matrix(a.shape)
    if b.ndim < a.ndim - 1 or b.shape[a.ndim - 2] != a.shape[-2]:
        raise ValueError(
            f"`b` must have as many rows as `a`. Received: a.shape={tuple(a.shape)}, b.shape={tuple(b.shape)}"
        )
    columns = b.unsqueeze(-1) if b.ndim == a.ndim - 1 else b
    if a.device.type == "cpu":
        x = torch.linalg.lstsq(a, columns, rcond=rcond, driver="gelsd").solution
    else:  # other devices have no driver for matrices of deficient rank
        x = torch.linalg.pinv(a, rtol=rcond) @ columns
    return x.squeeze(-1) if columns is not b else x


def _check_system(a: torch.Tensor, b: torch.Tensor) -> None:
    check_matrix(a.shape, square=True)
    rows = b.shape[-1] if b.ndim == a.ndim - 1 else b.shape[-2] if b.ndim >= 2 else None
    if rows != a.shape[-1]:
        raise ValueError(
            f"`b` must have as many rows as `a` has columns. Received: a.shape={tuple(a.shape)},"
            f" b.shape={tuple(b.shape)}"
        )
