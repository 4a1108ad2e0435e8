"""Shuffled slices."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.random.shuffling import shuffle


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_shuffle_moves_whole_slices(axis):
    x = torch.arange(60).reshape(10, 6)
    y = shuffle(x, axis=axis, seed=2)
    assert not torch.equal(x, y)
    assert sorted(map(tuple, x.movedim(axis, 0).tolist())) == sorted(map(tuple, y.movedim(axis, 0).tolist()))
