"""Matrices taken apart: Cholesky, QR, LU, singular values, eigenvalues; and functions by them."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import floats, integer_dtype, operands


def matrix(x: Any, name: str, is_square: bool = True) -> torch.Tensor:
    """Return matrices as a floating point or complex tensor.

    Raises:
        InvalidArgumentError: they are not floating point, have fewer than two axes, or are not square where needed.
    """
    found = floats(x, name)
    if found.ndim < 2 or (is_square and found.shape[-1] != found.shape[-2]):
        raise InvalidArgumentError(
            f"`tf.{name}` takes {'square ' if is_square else ''}matrices. Received shape {tuple(found.shape)}."
        )
    return found


@tensor_function
def cholesky(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the lower triangular factor of positive definite matrices.

    Raises:
        InvalidArgumentError: one is not positive definite.
    """
    x = matrix(input, "linalg.cholesky")
    try:
        found: torch.Tensor = torch.linalg.cholesky(x)
        return found
    except torch.linalg.LinAlgError as error:
        raise InvalidArgumentError(f"Cholesky decomposition was not successful: {error}") from error


class Qr(NamedTuple):
    """An orthogonal and an upper triangular factor."""

    q: Any
    r: Any


@tensor_function
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Qr:
    """Return the factors ``q`` (orthogonal) and ``r`` (upper triangular)."""
    return Qr(*torch.linalg.qr(matrix(input, "linalg.qr", False), "complete" if full_matrices else "reduced"))


class Lu(NamedTuple):
    """Both triangular factors in one matrix, and the order of rows."""

    lu: Any
    p: Any


@tensor_function
def lu(input: Any, output_idx_type: Any = "int32", name: str | None = None) -> Lu:
    """Return the lower factor (whose diagonal is one) and the upper one in one matrix, and the rows in their order.

    Raises:
        InvalidArgumentError: a matrix is singular.
    """
    x = matrix(input, "linalg.lu")
    factors, pivots = torch.linalg.lu_factor(x)
    order = torch.arange(x.shape[-1], device=x.device).expand(x.shape[:-1]).clone()
    flat, swaps = order.reshape(-1, x.shape[-1]), pivots.reshape(-1, x.shape[-1])
    for i in range(x.shape[-1]):  # row i was exchanged with row pivots[i]
        other = swaps[:, i : i + 1].to(torch.int64) - 1
        here = flat[:, i : i + 1].clone()
        there = flat.gather(1, other)
        flat.scatter_(1, other, here)
        flat[:, i : i + 1] = there
    return Lu(factors, flat.reshape(order.shape).to(integer_dtype(output_idx_type, "output_idx_type")))


@tensor_function
def lu_reconstruct(lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None) -> torch.Tensor:
    """Return the matrix of which :func:`lu` gave the factors."""
    return _product_of(lower_upper, perm)


def _product_of(lower_upper: Any, perm: Any) -> torch.Tensor:
    factors = matrix(lower_upper, "linalg.lu_reconstruct")
    lower = factors.tril(-1) + torch.eye(factors.shape[-1], dtype=factors.dtype, device=factors.device)
    product = lower @ factors.triu()
    rows = operands(perm)[0].to(torch.int64).argsort(-1)
    return product.gather(-2, rows.unsqueeze(-1).expand(product.shape))


@tensor_function
def lu_matrix_inverse(
    lower_upper: Any, perm: Any, validate_args: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return the inverse of the matrix of which :func:`lu` gave the factors."""
    found: torch.Tensor = torch.linalg.inv(_product_of(lower_upper, perm))
    return found


@tensor_function
def lu_solve(
    lower_upper: Any, perm: Any, rhs: Any, validate_args: bool = False, name: str | None = None
) -> torch.Tensor:
    """Return ``x`` of ``matrix @ x = rhs``, for the matrix of which :func:`lu` gave the factors."""
    found: torch.Tensor = torch.linalg.solve(_product_of(lower_upper, perm), floats(rhs, "linalg.lu_solve"))
    return found


@tensor_function
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Return singular values, descending, and the left and right singular vectors: ``s, u, v``.

    ``tensor = u @ diag(s) @ adjoint(v)``: ``v``, not its adjoint as NumPy gives.

    Args:
        tensor: Matrices.
        full_matrices: Whether ``u`` and ``v`` are square.
        compute_uv: False for ``s`` alone.
        name: Not used.
    """
    x = matrix(tensor, "linalg.svd", False)
    if not compute_uv:
        return torch.linalg.svdvals(x)
    u, s, vh = torch.linalg.svd(x, full_matrices=full_matrices)
    return s, u, vh.mH.resolve_conj()


@tensor_function
def eigh(tensor: Any, name: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Return eigenvalues, ascending, and eigenvectors of self-adjoint matrices, of which the lower half is read."""
    values, vectors = torch.linalg.eigh(matrix(tensor, "linalg.eigh"))
    return values.to(vectors.dtype), vectors


@tensor_function
def eigvalsh(tensor: Any, name: str | None = None) -> torch.Tensor:
    """Return the eigenvalues of self-adjoint matrices, ascending."""
    x = matrix(tensor, "linalg.eigvalsh")
    found: torch.Tensor = torch.linalg.eigvalsh(x).to(x.dtype)
    return found


@tensor_function
def eig(tensor: Any, name: str | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Return complex eigenvalues and eigenvectors of any square matrices."""
    values, vectors = torch.linalg.eig(matrix(tensor, "linalg.eig"))
    return values, vectors


@tensor_function
def eigvals(tensor: Any, name: str | None = None) -> torch.Tensor:
    """Return the complex eigenvalues of any square matrices."""
    found: torch.Tensor = torch.linalg.eigvals(matrix(tensor, "linalg.eigvals"))
    return found


@tensor_function
def eigh_tridiagonal(
    alpha: Any,
    beta: Any,
    eigvals_only: bool = True,
    select: str = "a",
    select_range: Any = None,
    tol: Any = None,
    name: str | None = None,
) -> Any:
    """Return eigenvalues, and vectors on demand, of symmetric matrices with diagonal ``alpha`` and ``beta`` beside it.

    Args:
        alpha: ``(n,)``.
        beta: ``(n - 1,)``.
        eigvals_only: Whether to leave out the vectors.
        select: ``"a"`` for all, ``"v"`` for values in ``(min, max]``, ``"i"`` for indices from ``min`` to ``max``.
        select_range: ``(min, max)``.
        tol: Not needed: values are exact to the dtype.
        name: Not used.

    Raises:
        ValueError: ``select`` is unknown, or lacks its range.
    """
    diagonal, off = operands(alpha, beta)
    full = torch.diag(diagonal) + torch.diag(off, 1) + torch.diag(off.conj(), -1)
    values, vectors = torch.linalg.eigh(full)
    if select not in ("a", "v", "i") or (select != "a" and select_range is None):
        raise ValueError(f"`select` is 'a', or 'v' or 'i' with `select_range`. Received: {select!r}, {select_range!r}")
    if select == "i":
        low, high = (int(n) for n in select_range)
        chosen = torch.arange(low, high + 1, device=values.device)
    elif select == "v":
        chosen = torch.nonzero((values > float(select_range[0])) & (values <= float(select_range[1])))[:, 0]
    else:
        chosen = torch.arange(len(values), device=values.device)
    return values[chosen] if eigvals_only else (values[chosen], vectors[:, chosen])


@tensor_function
def expm(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the matrix exponential."""
    found: torch.Tensor = torch.linalg.matrix_exp(matrix(input, "linalg.expm"))
    return found


@tensor_function
def sqrtm(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the principal square root of matrices, by their eigenvalues.

    Raises:
        InvalidArgumentError: a matrix has no basis of eigenvectors, or its root is not real.
    """
    return _by_eigenvalues(matrix(input, "linalg.sqrtm"), torch.sqrt, "linalg.sqrtm")


@tensor_function
def logm(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the logarithm of complex matrices, by their eigenvalues."""
    x = matrix(input, "linalg.logm")
    if not x.is_complex():
        raise InvalidArgumentError(f"`tf.linalg.logm` takes complex matrices. Received dtype {x.dtype}.")
    return _by_eigenvalues(x, torch.log, "linalg.logm")


def _by_eigenvalues(x: torch.Tensor, function: Any, name: str) -> torch.Tensor:
    wide = x.to(torch.complex128)
    values, vectors = torch.linalg.eig(wide)
    try:
        found = vectors @ torch.diag_embed(function(values)) @ torch.linalg.inv(vectors)
    except torch.linalg.LinAlgError as error:
        raise InvalidArgumentError(f"`tf.{name}`: a matrix has no basis of eigenvectors.") from error
    result: torch.Tensor = found.to(x.dtype) if x.is_complex() else found.real.to(x.dtype)
    return result
