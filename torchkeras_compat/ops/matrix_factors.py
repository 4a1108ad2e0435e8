"""Matrices taken apart into factors. Leading axes are batches."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def as_matrix(x: Any, square: bool = False) -> torch.Tensor:
    """Return ``x`` as a floating point tensor of matrices.

    Raises:
        ValueError: it has fewer than two axes, or the matrices are not square though ``square`` asks for it.
    """
    x = as_float(x)
    check_matrix(x.shape, square)
    return x


def check_matrix(shape: Any, square: bool = False) -> None:
    """Raise a ValueError unless the shape has two axes, of one size if ``square`` asks for it."""
    if len(shape) < 2:
        raise ValueError(f"Input should have rank >= 2. Received: {tuple(shape)}")
    if square and shape[-1] != shape[-2]:
        raise ValueError(f"The last two axes must have one size: a square matrix. Received: {tuple(shape)}")


@operation
def cholesky(x: Any, upper: bool = False) -> torch.Tensor:
    """Return the triangular ``L`` with ``L @ L.T == x``.

    Args:
        x: Positive definite matrices ``(..., n, n)``.
        upper: Whether to return ``L.T``.

    Raises:
        ValueError: a matrix is not square, or not positive definite.

    Example:
        >>> cholesky([[4.0, 0.0], [0.0, 9.0]])
        tensor([[2., 0.],
                [0., 3.]])
    """
    x = as_matrix(x, square=True)
    try:
        return torch.linalg.cholesky(x, upper=upper)
    except torch.linalg.LinAlgError as error:
        raise ValueError(
            f"Cholesky decomposition failed: {error} Add a small multiple of the identity to `x`."
        ) from error


@operation
def cholesky_inverse(x: Any, upper: bool = False) -> torch.Tensor:
    """Return the inverse of the matrix of which ``x`` is the Cholesky factor.

    Args:
        x: Triangular matrices ``(..., n, n)``.
        upper: Whether they are upper triangular.

    Raises:
        ValueError: a matrix is not square.

    Example:
        >>> cholesky_inverse([[2.0, 0.0], [0.0, 1.0]])
        tensor([[0.2500, -0.0000],
                [-0.0000, 1.0000]])
    """
    return torch.cholesky_inverse(as_matrix(x, square=True), upper=upper)


def _eig_spec(x: Any) -> tuple[KerasTensor, KerasTensor]:
    check_matrix(x.shape, square=True)
    dtype = "complex128" if x.dtype == "float64" else "complex64"
    return KerasTensor(x.shape[:-1], dtype), KerasTensor(x.shape, dtype)


@operation(output_spec=_eig_spec)
def eig(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return complex eigenvalues ``(..., n)`` and eigenvectors, as columns, ``(..., n, n)``.

    Raises:
        ValueError: a matrix is not square.

    Example:
        >>> eig([[2.0, 0.0], [0.0, 3.0]])[0]
        tensor([2.+0.j, 3.+0.j])
    """
    return tuple(torch.linalg.eig(as_matrix(x, square=True)))


@operation
def eigh(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return eigenvalues ``(..., n)`` in increasing order and eigenvectors, as columns, of symmetric matrices.

    Raises:
        ValueError: a matrix is not square.

    Example:
        >>> eigh([[3.0, 0.0], [0.0, 2.0]])[0]
        tensor([2., 3.])
    """
    return tuple(torch.linalg.eigh(as_matrix(x, square=True)))


@operation
def lu_factor(x: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``L`` (without its unit diagonal) and ``U`` in one matrix, and pivots.

    Args:
        x: Matrices ``(..., m, n)``.

    Returns:
        ``(..., m, n)``, and for each row in turn the row it was swapped with, from 0, ``(..., min(m, n))``.

    Raises:
        ValueError: ``x`` has fewer than two axes.

    Example:
        >>> lu_factor([[0.0, 1.0], [2.0, 3.0]])
        (tensor([[2., 3.],
                [0., 1.]]), tensor([1, 1], dtype=torch.int32))
    """
    factors, pivots = torch.linalg.lu_factor(as_matrix(x))
    return factors, pivots - 1  # LAPACK counts from 1


def _qr_spec(x: Any, mode: str = "reduced") -> tuple[KerasTensor, KerasTensor]:
    _check_mode(mode)
    check_matrix(x.shape)
    m, n = x.shape[-2:]
    if m is None or n is None:
        raise ValueError(f"Input should have its last 2 dimensions fully-defined. Received: {tuple(x.shape)}")
    k = min(m, n) if mode == "reduced" else m
    return KerasTensor((*x.shape[:-1], k), x.dtype), KerasTensor((*x.shape[:-2], k, n), x.dtype)


@operation(output_spec=_qr_spec)
def qr(x: Any, mode: str = "reduced") -> tuple[torch.Tensor, torch.Tensor]:
    """Return ``Q`` with orthonormal columns and upper triangular ``R`` with ``Q @ R == x``.

    Args:
        x: Matrices ``(..., m, n)``.
        mode: ``"reduced"`` for ``min(m, n)`` columns, ``"complete"`` for ``m``.

    Raises:
        ValueError: ``mode`` is neither, or ``x`` has fewer than two axes.

    Example:
        >>> q, r = qr(torch.ones(4, 3))
        >>> q.shape, r.shape
        (torch.Size([4, 3]), torch.Size([3, 3]))
    """
    _check_mode(mode)
    return tuple(torch.linalg.qr(as_matrix(x), mode=mode))


def _check_mode(mode: str) -> None:
    if mode not in ("reduced", "complete"):
        raise ValueError(
            f"`mode` argument value not supported. Expected one of {{'reduced', 'complete'}}. Received: mode={mode}"
        )


@operation
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return ``U``, singular values in decreasing order and ``V.T``, with ``U @ diag(s) @ V.T == x``.

    Args:
        x: Matrices ``(..., m, n)``.
        full_matrices: Whether ``U`` and ``V`` are square; otherwise they have ``min(m, n)`` columns.
        compute_uv: False to return the singular values alone.

    Raises:
        ValueError: ``x`` has fewer than two axes.

    Example:
        >>> svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False)
        tensor([4., 3.])
    """
    x = as_matrix(x)
    return tuple(torch.linalg.svd(x, full_matrices=full_matrices)) if compute_uv else torch.linalg.svdvals(x)
