"""Losses that become one. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.utils.reductions import (
    broadcast_weights,
    compute_weighted_loss,
    reduce_weighted_loss,
    squeeze_or_expand_dimensions,
)

LOSSES = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("weights", "each"),
    [
        (None, [[1, 2], [3, 4]]),
        (2.0, [[2, 4], [6, 8]]),
        ([1.0, 0.0], [[1, 2], [0, 0]]),
        ([[1.0], [2.0]], [[1, 2], [6, 8]]),
        ([[1.0, 2.0], [0.0, 1.0]], [[1, 4], [0, 4]]),
    ],
)
def test_weighted_losses(weights, each):
    total = sum(map(sum, each))
    assert compute_weighted_loss(LOSSES, weights, "none").tolist() == each
    assert compute_weighted_loss(LOSSES, weights, "sum", name="a").item() == total
    assert compute_weighted_loss(LOSSES, weights).item() == total / 4


def test_names():
    assert reduce_weighted_loss(LOSSES, "none") is LOSSES
    assert reduce_weighted_loss(LOSSES, "auto").item() == 2.5
    for call in (lambda: compute_weighted_loss(LOSSES, None, "mean"), lambda: reduce_weighted_loss(LOSSES, "mean")):
        with pytest.raises(ValueError, match="'mean'"):
            call()


def test_ranks():
    a, b = torch.zeros(2, 1), torch.zeros(2)
    assert [tuple(x.shape) for x in squeeze_or_expand_dimensions(b, a)] == [(2,), (2,)]
    shapes = [tuple(x.shape) for x in squeeze_or_expand_dimensions(torch.zeros(2, 3), torch.zeros(2, 3), b)]
    assert shapes == [(2, 3), (2, 3), (2, 1)]
    assert tuple(squeeze_or_expand_dimensions(b, None, a)[2].shape) == (2,)
    assert squeeze_or_expand_dimensions(a) == (a, None)
    with pytest.raises(ValueError, match=r"\(2, 2\) vs `sample_weight` \(3,\)"):
        broadcast_weights(LOSSES, torch.zeros(3))
    assert compute_weighted_loss(LOSSES.double(), 1.0).dtype == torch.float64
