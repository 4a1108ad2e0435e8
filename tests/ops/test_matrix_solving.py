"""Solutions of linear equations, and inverses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import (
    matrix_solving,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

A = torch.rand(2, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
SPD = A @ A.mT + 4 * torch.eye(4, dtype=torch.float64)
TALL = torch.rand(2, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


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


def test_symbolic_shapes():
    square, wide = KerasTensor((None, 4, 4)), KerasTensor((None, 3, 4))
    assert matrix_solving.inv(square).shape == (None, 4, 4)
    assert matrix_solving.pinv(wide).shape == (None, 4, 3)
    assert matrix_solving.lstsq(KerasTensor((5, 7)), KerasTensor((5, 2))).shape == (7, 2)
    assert matrix_solving.solve(square, KerasTensor((None, 4))).shape == (None, 4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: matrix_solving.inv(torch.ones(3)), r"rank >= 2. Received: \(3,\)"),
        (lambda: matrix_solving.solve(A, torch.ones(2, 3)), r"b.shape=\(2, 3\)"),
        (lambda: matrix_solving.lstsq(TALL, torch.ones(2, 3)), r"b.shape=\(2, 3\)"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
