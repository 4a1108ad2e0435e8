"""Integers, categories and binomial counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.random.moments import N, check_meta_device, check_moments
from torchkeras_compat.random.discrete_distributions import binomial, categorical, randint

CASES = {
    "binomial": (lambda **k: binomial((N,), 20, 0.25, **k), 5.0, math.sqrt(20 * 0.25 * 0.75)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_moments_and_dtype(name, dtype):
    check_moments(*CASES[name], dtype)


@pytest.mark.parametrize("name", CASES)
def test_shapes_on_the_meta_device(name):
    check_meta_device(CASES[name][0])


def test_parameters_broadcast():
    assert binomial((3, 2), [[0.0, 10.0]], 1.0).tolist() == [[0, 10]] * 3


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int8", "int32", "int64"])
def test_randint_covers_the_range(dtype):
    x = randint((2000,), 2, 6, dtype=dtype)
    assert str(x.dtype) == f"torch.{'int32' if dtype == 'uint16' else dtype}"  # as in Keras on torch
    assert sorted(set(x.tolist())) == [2, 3, 4, 5]


def test_categorical_follows_the_softmax():
    logits = np.log([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0 + 1e-30]]).astype("float32")
    x = categorical(logits, N, seed=1)
    assert x.shape == (2, N) and x.dtype is torch.int32
    frequencies = torch.stack([torch.bincount(row, minlength=3) / N for row in x])
    torch.testing.assert_close(frequencies, torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]]), atol=0.02, rtol=0)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: randint((2,), 0, 2, dtype="float32"), "random.randint` requires an integer `dtype`"),
        (lambda: randint((2,), 2, 2), "minval=2, maxval=2"),
        (lambda: categorical([1.0], 2), r"logits.shape=\(1,\)"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
