"""Axes rearranged by a pattern."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.ops.einops_patterns import rearrange
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))


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
    ("a b c! -> a b c!", {}, "'c!' is not a name"),
])  # fmt: skip
def test_rearrange_says_what_is_wrong(pattern, sizes, words):
    with pytest.raises(ValueError, match=rf"shape \(3, 4, 5\).*{words}"):
        rearrange(X, pattern, **sizes)
