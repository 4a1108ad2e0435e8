"""Determinants, ranks, norms and distances, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import (
    matrix_measures,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

A = torch.rand(2, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
SPD = A @ A.mT + 4 * torch.eye(4, dtype=torch.float64)
TALL = torch.rand(2, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


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
    assert matrix_measures.det(square).shape == matrix_measures.matrix_rank(wide).shape == (None,)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"y.shape=\(2, 5, 3\)"):
        matrix_measures.cdist(A, TALL)
