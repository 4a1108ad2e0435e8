"""Special functions, ranking, complex numbers, segments and patterns."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import complex_numbers, ranking, segments, special_functions
from torchkeras_compat.ops.einops_patterns import rearrange
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv", "rsqrt"])
def test_special_functions_are_torchs(name):
    x = torch.rand(7)
    torch.testing.assert_close(getattr(special_functions, name)(x), getattr(torch, name)(x))
    assert getattr(special_functions, name)(KerasTensor((None, 2), "bfloat16")).dtype == "bfloat16"


@pytest.mark.parametrize("axis", [None, 1, (0, -1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp(axis, keepdims):
    expected = X.exp().sum(dim=axis if axis is not None else (0, 1, 2), keepdim=keepdims).log()
    torch.testing.assert_close(special_functions.logsumexp(X, axis, keepdims), expected)


def test_top_k():
    values, indices = ranking.top_k(X, 2)
    assert indices.dtype is torch.int32
    torch.testing.assert_close(values, X.sort(-1, descending=True).values[..., :2])
    torch.testing.assert_close(X.gather(-1, indices.long()), values)
    assert [t.shape for t in ranking.top_k(KerasTensor((None, 5)), 2)] == [(None, 2)] * 2


def test_in_top_k_counts_ties_in_and_what_is_no_number_out():
    predictions = [[0.1, 0.9, 0.8, 0.8], [0.95, 0.95, 0, 0.95], [0.1, math.nan, 0.5, 0.2], [1.0, 0.0, 0.0, 0.0]]
    assert ranking.in_top_k([2, 0, 1, 4], predictions, 1).tolist() == [False, True, False, False]
    assert ranking.in_top_k([3, 3, 2, -1], predictions, 2).tolist() == [True, True, True, False]


def test_complex_numbers_and_back():
    z = complex_numbers.polar([1.0, 2.0], [0.0, math.pi / 2])
    torch.testing.assert_close(z, torch.tensor([1 + 0j, 2j], dtype=torch.complex64))
    pairs = torch.rand(2, 3, 2)
    assert torch.equal(complex_numbers.view_as_real(complex_numbers.view_as_complex(pairs)), pairs)
    assert complex_numbers.view_as_complex(KerasTensor((None, 2))).dtype == "complex64"
    with pytest.raises(ValueError, match=r"must be size 2.*x.shape=\(3,\)"):
        complex_numbers.view_as_complex([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name, reduce, neutral", [
    ("segment_sum", np.sum, 0), ("segment_max", np.max, -np.inf),
    ("segment_min", np.min, np.inf), ("segment_prod", np.prod, 1),
])  # fmt: skip
@pytest.mark.parametrize("count", [None, 5])
def test_segments_are_reduced_one_by_one(name, reduce, neutral, count):
    data, ids = np.random.rand(6, 2).astype("float32"), np.array([0, 3, 0, -1, 1, 3])
    out = getattr(segments, name)(data, ids, count)
    expected = [reduce(data[ids == i], axis=0) if (ids == i).any() else [neutral] * 2 for i in range(count or 4)]
    np.testing.assert_allclose(out, expected, rtol=1e-6)
    assert getattr(segments, name)(KerasTensor((None, 2)), KerasTensor((9,), "int32"), count).shape == (count, 2)


def test_segments_of_integers_and_ids_too_large():
    assert segments.segment_max(np.array([1, 5, 3], "int32"), [0, 0, 9], 2).tolist() == [5, -(2**31)]


@pytest.mark.parametrize("ids, words", [([[0], [1]], r"1-D vector.*shape=\(2, 1\)"), ([0, 1, 2], "Received: 3 and 2")])
def test_segments_refuse_other_ids(ids, words):
    with pytest.raises(ValueError, match=words):
        segments.segment_sum(torch.ones(2), ids)


@pytest.mark.parametrize("pattern, sizes, expected", [
    ("a b c -> c a b", {}, X.permute(2, 0, 1)),
    ("a b c -> (a b) c", {}, X.reshape(12, 5)),
    ("a b c -> b (c a)", {}, X.permute(1, 2, 0).reshape(4, 15)),
    ("a (b d) c -> a d b c", {"d": 2}, X.reshape(3, 2, 2, 5).permute(0, 2, 1, 3)),
    ("... c -> c ...", {}, X.permute(2, 0, 1)),
    ("a ... -> (a ...)", {}, X.reshape(-1)),
    ("a b c -> a 1 b c", {}, X.unsqueeze(1)),
])  # fmt: skip
def test_rearrange(pattern, sizes, expected):
    assert torch.equal(rearrange(X, pattern, **sizes), expected)


def test_rearrange_symbolic():
    assert rearrange(KerasTensor((None, 4, 4, 3)), "b h w c -> b (h w) c").shape == (None, 16, 3)


@pytest.mark.parametrize("pattern, sizes, words", [
    ("a b c", {}, "one '->'"), ("a b -> b a", {}, "names 2 axes, but there are 3"),
    ("a b c -> a b", {}, "same names"), ("a (b d) c -> a b c d", {}, "are open"),
    ("a (b d) c -> a b c d", {"d": 3}, "size 4 cannot be b x d"), ("a b c -> a b c", {"e": 2}, r"no axes \['e'\]"),
    ("a b c! -> a b c!", {}, "'c!' is no name"),
])  # fmt: skip
def test_rearrange_says_what_is_wrong(pattern, sizes, words):
    with pytest.raises(ValueError, match=rf"shape \(3, 4, 5\).*{words}"):
        rearrange(X, pattern, **sizes)
