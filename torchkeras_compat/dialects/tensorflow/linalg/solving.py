"""Linear equations, inverses, determinants and ranks."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.linalg.factors import matrix
from torchkeras_compat.dialects.tensorflow.operands import operands, tensor


@tensor_function
def inv(input: Any, adjoint: bool = False, name: str | None = None) -> torch.Tensor:
    """Return the inverse of square matrices, or of their adjoints.

    Raises:
        InvalidArgumentError: one is not invertible.
    """
    x = matrix(input, "linalg.inv")
    return _tried(torch.linalg.inv, x.mH if adjoint else x)


@tensor_function
def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> torch.Tensor:
    """Return ``x`` of ``matrix @ x = rhs``.

    Raises:
        InvalidArgumentError: a matrix is not invertible.
    """
    x, right = operands(matrix, rhs)
    return _tried(torch.linalg.solve, x.mH if adjoint else x, right)


def _tried(function: Any, *args: torch.Tensor) -> torch.Tensor:
    try:
        found: torch.Tensor = function(*args)
    except torch.linalg.LinAlgError as error:
        raise InvalidArgumentError("Input is not invertible.") from error
    return found


@tensor_function
def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x`` of ``chol @ adjoint(chol) @ x = rhs``, for lower triangular factors."""
    x, right = operands(chol, rhs)
    return torch.cholesky_solve(right, x)


@tensor_function
def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return ``x`` of ``matrix @ x = rhs``, of which the lower or upper triangle is read."""
    x, right = operands(matrix, rhs)
    x = x.tril() if lower else x.triu()
    found: torch.Tensor = torch.linalg.solve_triangular(x.mH if adjoint else x, right, upper=lower == adjoint)
    return found


@tensor_function
def banded_triangular_solve(
    bands: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return ``x`` of ``matrix @ x = rhs`` for triangular matrices given by their diagonals, the main one first for
    lower ones and last for upper ones."""
    rows, right = operands(bands, rhs)
    count, size = rows.shape[-2:]
    full = rows.new_zeros(*rows.shape[:-2], size, size)
    for k in range(count):
        offset = -k if lower else count - 1 - k
        part = rows[..., k, k:] if lower else rows[..., k, : size - offset]
        full = full + torch.diag_embed(part, offset)
    found: torch.Tensor = torch.linalg.solve_triangular(full.mH if adjoint else full, right, upper=lower == adjoint)
    return found


@tensor_function
def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: bool = True, name: str | None = None) -> torch.Tensor:
    """Return ``x`` that minimizes ``|matrix @ x - rhs|**2 + l2_regularizer * |x|**2``.

    With more columns than rows and no regularizer it is the shortest of the solutions.

    Args:
        matrix: ``(..., rows, columns)``.
        rhs: ``(..., rows, k)``.
        l2_regularizer: Weight of the length.
        fast: True for the normal equations, False for a complete orthogonal decomposition.
        name: Not used.
    """
    x, right = operands(matrix, rhs)
    weight = float(l2_regularizer)
    if not fast:
        found: torch.Tensor = torch.linalg.pinv(x) @ right
        return found
    if x.shape[-2] >= x.shape[-1]:
        gram = x.mH @ x + weight * torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
        return _tried(torch.linalg.solve, gram, x.mH @ right)
    gram = x @ x.mH + weight * torch.eye(x.shape[-2], dtype=x.dtype, device=x.device)
    return x.mH @ _tried(torch.linalg.solve, gram, right)


@tensor_function
def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> torch.Tensor:
    """Return the pseudo-inverse; singular values below ``rcond`` times the largest count as zero.

    ``rcond`` is by default ``10 * max(rows, columns)`` times the dtype's epsilon.
    """
    x = matrix(a, "linalg.pinv", False)
    limit = 10.0 * max(x.shape[-2:]) * torch.finfo(x.dtype).eps if rcond is None else rcond
    found: torch.Tensor = torch.linalg.pinv(x, rtol=tensor(limit).to(x.real.dtype))
    return found


@tensor_function
def det(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the determinant of square matrices."""
    found: torch.Tensor = torch.linalg.det(matrix(input, "linalg.det"))
    return found


@tensor_function
def logdet(matrix: Any, name: str | None = None) -> torch.Tensor:
    """Return the logarithm of the determinant of positive definite matrices."""
    x = tensor(matrix)
    factor = _tried(torch.linalg.cholesky, x)
    return 2 * torch.log(factor.diagonal(dim1=-2, dim2=-1).real).sum(-1)


class LogMatrixDeterminant(NamedTuple):
    """Sign of a determinant, and logarithm of its absolute value."""

    sign: Any
    log_abs_determinant: Any


@tensor_function
def slogdet(input: Any, name: str | None = None) -> LogMatrixDeterminant:
    """Return the sign of determinants, and the logarithms of their absolute values."""
    return LogMatrixDeterminant(*torch.linalg.slogdet(matrix(input, "linalg.slogdet")))


@tensor_function
def matrix_rank(a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None) -> torch.Tensor:
    """Return the number of singular values above ``tol``, as int32.

    ``tol`` is by default the largest one times ``max(rows, columns)`` times the dtype's epsilon.
    """
    x = matrix(a, "linalg.matrix_rank", False)
    values = torch.linalg.svdvals(x)
    limit = torch.finfo(x.dtype).eps * max(x.shape[-2:]) * values.amax(-1, keepdim=True) if tol is None else float(tol)
    found: torch.Tensor = (values > limit).sum(-1).to(torch.int32)
    return found


@tensor_function
def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
    perturb_singular: bool = False,
) -> torch.Tensor:
    """Return ``x`` of ``matrix @ x = rhs`` for matrices with three diagonals.

    Args:
        diagonals: ``(..., 3, n)`` (``"compact"``, superdiagonal first), a sequence of the three (``"sequence"``), or
            the matrices (``"matrix"``).
        rhs: ``(..., n)`` or ``(..., n, k)``.
        diagonals_format: See above.
        transpose_rhs: Whether ``rhs`` is ``(..., k, n)``.
        conjugate_rhs: Whether to conjugate it.
        name: Not used.
        partial_pivoting: Rows are always exchanged where needed.
        perturb_singular: Not supported.

    Raises:
        NotImplementedError: ``perturb_singular`` is set.
    """
    if perturb_singular:
        raise NotImplementedError("`perturb_singular=True` is not supported. Add a small number to the diagonal.")
    full = _tridiagonal(diagonals, diagonals_format)
    right = operands(full, rhs)[1]
    is_vector = right.ndim == full.ndim - 1
    right = right.mT if transpose_rhs and not is_vector else right
    right = right.conj() if conjugate_rhs else right
    right = right.unsqueeze(-1) if is_vector else right
    found = _tried(torch.linalg.solve, full, right)
    found = found.squeeze(-1) if is_vector else found
    return found.mT if transpose_rhs and not is_vector else found


@tensor_function
def tridiagonal_matmul(
    diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None
) -> torch.Tensor:
    """Return ``matrix @ rhs`` for matrices with three diagonals; see :func:`tridiagonal_solve`."""
    full = _tridiagonal(diagonals, diagonals_format)
    return full @ operands(full, rhs)[1]


def _tridiagonal(diagonals: Any, diagonals_format: str) -> torch.Tensor:
    if diagonals_format == "matrix":
        return matrix(diagonals, "linalg.tridiagonal_solve").triu(-1).tril(1)
    if diagonals_format == "compact":
        upper, main, lower = tensor(diagonals).unbind(-2)
        upper, lower = upper[..., :-1], lower[..., 1:]
    elif diagonals_format == "sequence":
        upper, main, lower = operands(*diagonals)
        size = main.shape[-1]
        upper = upper[..., : size - 1]
        lower = lower[..., lower.shape[-1] - size + 1 :]
    else:
        raise ValueError(f"`diagonals_format` is 'compact', 'sequence' or 'matrix'. Received: {diagonals_format!r}")
    if main.shape[-1] < 1:
        raise InvalidArgumentError("A matrix with three diagonals needs at least one row.")
    return torch.diag_embed(main) + torch.diag_embed(upper, 1) + torch.diag_embed(lower, -1)
