"""Orthogonal matrices."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

from tests.initializers.against_keras import RandomChecks
from torchkeras_compat import initializers


class TestOrthogonal(RandomChecks):
    names: ClassVar[list[str]] = ["Orthogonal"]


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 3, 2, 8), (2, 2, 5, 3)])
def test_orthogonal_matrices_are_orthogonal(shape):
    q = initializers.Orthogonal(gain=2.0, seed=1)(shape, dtype="float64").reshape(-1, shape[-1])
    product = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    torch.testing.assert_close(product, 4 * torch.eye(len(product), dtype=torch.float64), atol=1e-5, rtol=1e-5)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"shape=\(3,\)"):
        initializers.Orthogonal()((3,))
