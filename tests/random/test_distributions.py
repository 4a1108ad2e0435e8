"""Moments against their formulas; 20,000 draws put the mean within five standard errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from torchkeras_compat.device import device
from torchkeras_compat.random.continuous_distributions import beta, gamma, normal, truncated_normal, uniform
from torchkeras_compat.random.discrete_distributions import binomial, categorical, randint
from torchkeras_compat.random.dropouts import dropout
from torchkeras_compat.random.shuffling import shuffle

N = 20_000
CASES = {
    "normal": (lambda **k: normal((N,), 1.0, 2.0, **k), 1.0, 2.0),
    "normal of tensors": (lambda **k: normal((N,), torch.tensor(1.0), torch.tensor(2.0), **k), 1.0, 2.0),
    "uniform": (lambda **k: uniform((N,), -1.0, 3.0, **k), 1.0, 4 / math.sqrt(12)),
    "uniform of tensors": (lambda **k: uniform((N,), torch.tensor(-1.0), 3.0, **k), 1.0, 4 / math.sqrt(12)),
    "truncated_normal": (lambda **k: truncated_normal((N,), 1.0, 2.0, **k), 1.0, 2 * 0.87962566),
    "gamma": (lambda **k: gamma((N,), 3.0, **k), 3.0, math.sqrt(3.0)),
    "beta": (lambda **k: beta((N,), 2.0, 3.0, **k), 0.4, 0.2),
    "binomial": (lambda **k: binomial((N,), 20, 0.25, **k), 5.0, math.sqrt(20 * 0.25 * 0.75)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_moments_and_dtype(name, dtype):
    draw, mean, stddev = CASES[name]
    x = draw(dtype=dtype, seed=3)
    assert str(x.dtype) == f"torch.{dtype}" and x.shape == (N,)
    assert x.double().mean().item() == pytest.approx(mean, abs=5 * stddev / math.sqrt(N))
    assert x.double().std().item() == pytest.approx(stddev, rel=0.04)
    assert torch.equal(x, draw(dtype=dtype, seed=3))


@pytest.mark.parametrize("name", CASES)
def test_shapes_on_the_meta_device(name):
    with device("meta"):
        x = CASES[name][0]()
    assert x.device.type == "meta" and x.shape == (N,)


def test_parameters_broadcast():
    assert gamma((4, 2), [1.0, 1000.0]).mean(dim=0)[1] > 500
    assert binomial((3, 2), [[0.0, 10.0]], 1.0).tolist() == [[0, 10]] * 3


def test_truncated_normal_stays_within_two_deviations():
    x = truncated_normal([N], 5.0, 0.5)
    assert 4 <= x.min() and x.max() <= 6


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int8", "int32", "int64"])
def test_randint_covers_the_range(dtype):
    x = randint((2000,), 2, 6, dtype=dtype)
    assert str(x.dtype) == f"torch.{dtype}"
    assert sorted(set(x.tolist())) == [2, 3, 4, 5]


def test_categorical_follows_the_softmax():
    logits = np.log([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0 + 1e-30]]).astype("float32")
    x = categorical(logits, N, seed=1)
    assert x.shape == (2, N) and x.dtype is torch.int32
    frequencies = torch.stack([torch.bincount(row, minlength=3) / N for row in x])
    torch.testing.assert_close(frequencies, torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]]), atol=0.02, rtol=0)


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


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_shuffle_moves_whole_slices(axis):
    x = torch.arange(60).reshape(10, 6)
    y = shuffle(x, axis=axis, seed=2)
    assert not torch.equal(x, y)
    assert sorted(map(tuple, x.movedim(axis, 0).tolist())) == sorted(map(tuple, y.movedim(axis, 0).tolist()))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: normal((2,), dtype="int32"), "random.normal` requires a floating point `dtype`"),
        (lambda: randint((2,), 0, 2, dtype="float32"), "random.randint` requires an integer `dtype`"),
        (lambda: randint((2,), 2, 2), "minval=2, maxval=2"),
        (lambda: categorical([1.0], 2), r"logits.shape=\(1,\)"),
        (lambda: dropout(torch.ones(2), 1.5), "rate=1.5"),
        (lambda: dropout(torch.ones(2, 2), 0.5, noise_shape=(1,)), r"noise_shape=\(1,\), inputs.shape=\(2, 2\)"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
