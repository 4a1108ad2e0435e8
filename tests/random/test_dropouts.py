"""Dropout of values and of whole slices."""

from __future__ import annotations

import pytest
import torch

from tests.random.moments import N
from torchkeras_compat.random.dropouts import dropout


@pytest.mark.parametrize("seed", [None, 3])
def test_dropout_keeps_the_mean(seed):
    x = dropout(torch.ones(N), 0.25, seed=seed)
    assert sorted(set(x.tolist())) == [0.0, pytest.approx(4 / 3)]
    assert x.mean().item() == pytest.approx(1, abs=0.03)


def test_dropout_noise_shape_repeats_the_mask():
    x = dropout(torch.ones(4, 5, 6), 0.5, noise_shape=(None, 1, None), seed=1)
    assert torch.equal(x, x[:, :1].expand(4, 5, 6)) and len(x[:, 0].unique()) == 2


def test_dropout_at_the_ends():
    x = torch.ones(5)
    assert dropout(x, 0.0) is x
    assert dropout(x, 1.0, seed=1).tolist() == dropout(x, 1.0).tolist() == [0] * 5


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: dropout(torch.ones(2), 1.5), "rate=1.5"),
        (lambda: dropout(torch.ones(2, 2), 0.5, noise_shape=(1,)), r"noise_shape=\(1,\), inputs.shape=\(2, 2\)"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_integers_become_floats():
    assert dropout(torch.ones(8, dtype=torch.int32), 0.5, seed=1).dtype is torch.float32
    assert set(dropout(torch.ones(99, dtype=torch.int32), 0.5).tolist()) == {0.0, 2.0}
