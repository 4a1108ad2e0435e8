"""matrix_factors, matrix_solving and matrix_measures: factors multiply back, values are NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import matrix_factors, matrix_measures, matrix_solving
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

A = torch.rand(2, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
SPD = A @ A.mT + 4 * torch.eye(4, dtype=torch.float64)
TALL = torch.rand(2, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def test_factors_multiply_back():
    lower = matrix_factors.cholesky(SPD)
    torch.testing.assert_close(lower @ lower.mT, SPD)
    torch.testing.assert_close(matrix_factors.cholesky(SPD, upper=True), lower.mT)
    torch.testing.assert_close(matrix_factors.cholesky_inverse(lower), torch.linalg.inv(SPD))
    w, v = matrix_factors.eigh(SPD)
    torch.testing.assert_close((v * w[..., None, :]) @ v.mT, SPD)
    w, v = matrix_factors.eig(A)
    torch.testing.assert_close(A.to(v.dtype) @ v, v * w[..., None, :])
    for mode in ("reduced", "complete"):
        q, r = matrix_factors.qr(TALL, mode)
        torch.testing.assert_close(q @ r, TALL)
    for full in (True, False):
        u, s, vh = matrix_factors.svd(TALL, full_matrices=full)
        torch.testing.assert_close(u[..., :3] * s[..., None, :] @ vh, TALL)
    torch.testing.assert_close(matrix_factors.svd(TALL, compute_uv=False), s)


def test_lu_pivots_count_from_zero():
    x = A[0]
    lu, pivots = matrix_factors.lu_factor(x)
    product = (lu.tril(-1) + torch.eye(4, dtype=x.dtype)) @ lu.triu()
    for i, p in reversed(list(enumerate(pivots.tolist()))):
        product[[i, p]] = product[[p, i]]
    torch.testing.assert_close(product, x)


@pytest.mark.parametrize("columns", [(), (2,)])
def test_solutions_solve(columns):
    b = torch.rand(2, 4, *columns, dtype=torch.float64)
    x = matrix_solving.solve(A, b)
    product = A @ x if columns else (A @ x[..., None])[..., 0]
    torch.testing.assert_close(product, b)
    for lower in (False, True):
        triangle = SPD.tril() if lower else SPD.triu()
        x = matrix_solving.solve_triangular(SPD, b, lower)
        torch.testing.assert_close(triangle @ x if columns else (triangle @ x[..., None])[..., 0], b)
    b = np.random.rand(3, *columns)
    for a in (np.random.rand(3, 5), np.random.rand(3, 2), np.ones((3, 2))):
        np.testing.assert_allclose(matrix_solving.lstsq(a, b), np.linalg.lstsq(a, b)[0], atol=1e-10)


def test_inverses():
    torch.testing.assert_close(matrix_solving.inv(A), torch.linalg.inv(A))
    np.testing.assert_allclose(matrix_solving.pinv(TALL), np.linalg.pinv(TALL.numpy()), atol=1e-12)
    assert matrix_solving.pinv(torch.diag(torch.tensor([1.0, 1e-3])), rcond=0.1)[1, 1] == 0


def test_measures_are_numpys():
    np.testing.assert_allclose(matrix_measures.det(A), np.linalg.det(A.numpy()))
    np.testing.assert_allclose(matrix_measures.logdet(SPD), np.linalg.slogdet(SPD.numpy())[1])
    rank = matrix_measures.matrix_rank(torch.ones(2, 3, 4))
    assert rank.dtype is torch.int32 and rank.tolist() == [1, 1]
    assert matrix_measures.matrix_rank(torch.diag(torch.tensor([1.0, 1e-3])), tol=1e-2) == 1
    for order in (None, 1, 2, np.inf, -np.inf, "fro", "nuc"):
        np.testing.assert_allclose(matrix_measures.norm(A[0], order), np.linalg.norm(A[0].numpy(), order))
    for order in (None, 0, 1, 2.5, np.inf):
        np.testing.assert_allclose(
            matrix_measures.norm(A, order, axis=1, keepdims=True), np.linalg.norm(A.numpy(), order, 1, True)
        )
    expected = np.linalg.norm(TALL.numpy()[:, :, None] - TALL.numpy()[:, None], axis=-1)
    np.testing.assert_allclose(matrix_measures.cdist(TALL, TALL), expected, atol=1e-7)


def test_symbolic_shapes():
    square, wide = KerasTensor((None, 4, 4)), KerasTensor((None, 3, 4))
    assert matrix_factors.cholesky(square).shape == matrix_solving.inv(square).shape == (None, 4, 4)
    assert [t.shape for t in matrix_factors.eig(square)] == [(None, 4), (None, 4, 4)]
    assert [t.shape for t in matrix_factors.qr(wide)] == [(None, 3, 3), (None, 3, 4)]
    assert [t.shape for t in matrix_factors.svd(wide)] == [(None, 3, 3), (None, 3), (None, 4, 4)]
    assert [t.shape for t in matrix_factors.lu_factor(wide)] == [(None, 3, 4), (None, 3)]
    assert matrix_solving.pinv(wide).shape == (None, 4, 3)
    assert matrix_solving.lstsq(KerasTensor((5, 7)), KerasTensor((5, 2))).shape == (7, 2)
    assert matrix_solving.solve(square, KerasTensor((None, 4))).shape == (None, 4)
    assert matrix_measures.det(square).shape == matrix_measures.matrix_rank(wide).shape == (None,)


@pytest.mark.parametrize("call, words", [
    (lambda: matrix_factors.cholesky(-SPD), "Cholesky decomposition failed"),
    (lambda: matrix_factors.cholesky(TALL), r"one size: a square matrix. Received: \(2, 5, 3\)"),
    (lambda: matrix_factors.cholesky(KerasTensor((None, None, 20))), "one size"),
    (lambda: matrix_factors.qr(A, "full"), "Received: mode=full"),
    (lambda: matrix_factors.qr(KerasTensor((None, 4))), "fully-defined"),
    (lambda: matrix_solving.inv(torch.ones(3)), r"rank >= 2. Received: \(3,\)"),
    (lambda: matrix_solving.solve(A, torch.ones(2, 3)), r"b.shape=\(2, 3\)"),
    (lambda: matrix_solving.lstsq(TALL, torch.ones(2, 3)), r"b.shape=\(2, 3\)"),
    (lambda: matrix_measures.cdist(A, TALL), r"y.shape=\(2, 5, 3\)"),
])  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
