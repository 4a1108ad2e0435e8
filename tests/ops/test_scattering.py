"""Values put into a tensor at indices."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops import scattering

X = torch.arange(24.0).reshape(4, 6)


def test_scatter_adds_what_falls_together():
    out = scattering.scatter([[0], [2], [0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], (3, 2))
    assert out.tolist() == [[6, 8], [0, 0], [3, 4]]


@pytest.mark.parametrize("reduction, expected", [
    (None, [9, 7, 2, 2]), ("add", [2 + 9, 2 + 7, 2, 2]), ("max", [9, 7, 2, 2]),
    ("min", [2, 2, 2, 2]), ("mul", [18, 14, 2, 2]),
])  # fmt: skip
def test_scatter_update(reduction, expected):
    inputs = torch.full((2, 2), 2.0)
    out = scattering.scatter_update(inputs, [[0, 0], [0, 1]], [9.0, 7.0], reduction)
    assert out.flatten().tolist() == expected


@pytest.mark.parametrize("reduction", ["add", "max", "min", "mul"])
def test_scatter_update_joins_repeated_rows(real_keras, reduction):
    indices, updates = torch.tensor([[0], [0], [-1]]), torch.randn(3, 6)
    theirs = real_keras.ops.scatter_update(X, indices % 4, updates, reduction=reduction)
    torch.testing.assert_close(scattering.scatter_update(X, indices, updates, reduction), theirs.cpu())


def test_an_unknown_reduction_is_named():
    with pytest.raises(ValueError, match="reduction='mean'"):
        scattering.scatter_update(X, [[0, 0]], [1.0], reduction="mean")
