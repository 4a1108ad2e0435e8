"""Factors that multiply back to the matrix."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops import (
    matrix_factors,
)
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


def test_symbolic_shapes():
    square, wide = KerasTensor((None, 4, 4)), KerasTensor((None, 3, 4))
    assert matrix_factors.cholesky(square).shape == (None, 4, 4)
    assert [t.shape for t in matrix_factors.eig(square)] == [(None, 4), (None, 4, 4)]
    assert [t.shape for t in matrix_factors.qr(wide)] == [(None, 3, 3), (None, 3, 4)]
    assert [t.shape for t in matrix_factors.svd(wide)] == [(None, 3, 3), (None, 3), (None, 4, 4)]
    assert [t.shape for t in matrix_factors.lu_factor(wide)] == [(None, 3, 4), (None, 3)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: matrix_factors.cholesky(-SPD), "Cholesky decomposition failed"),
        (lambda: matrix_factors.cholesky(TALL), r"one size: a square matrix. Received: \(2, 5, 3\)"),
        (lambda: matrix_factors.cholesky(KerasTensor((None, None, 20))), "one size"),
        (lambda: matrix_factors.qr(A, "full"), "Received: mode=full"),
        (lambda: matrix_factors.qr(KerasTensor((None, 4))), "fully-defined"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
