from __future__ import annotations

import math

import pytest
import torch

from torchkeras_compat.ops.attention import dot_product_attention
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

Q, K, V = (torch.randn(2, n, 4, 8, generator=torch.Generator().manual_seed(n)) for n in (3, 5, 5))
MASK = torch.arange(5) < torch.tensor([[3], [5]])
MASK = MASK[:, None, None, :]


def by_formula(bias=0.0, mask=None, scale=None, causal=False, cap=None):
    scores = torch.einsum("btnh,bsnh->bnts", Q, K) * (scale or 1 / math.sqrt(8))
    scores = scores if cap is None else cap * torch.tanh(scores / cap)
    scores = scores + bias
    allowed = torch.ones(3, 5, dtype=torch.bool).tril() if causal else torch.ones(3, 5, dtype=torch.bool)
    allowed = allowed if mask is None else allowed & mask
    return torch.einsum("bnts,bsnh->btnh", scores.masked_fill(~allowed, -1e9).softmax(-1), V)


@pytest.mark.parametrize("bias", [None, torch.randn(2, 4, 3, 5)], ids=["no bias", "bias"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("cap", [None, 2.0])
def test_values_follow_the_formula(bias, mask, causal, cap):
    out = dot_product_attention(Q, K, V, bias=bias, mask=mask, is_causal=causal, attn_logits_soft_cap=cap)
    torch.testing.assert_close(out, by_formula(0.0 if bias is None else bias, mask, None, causal, cap))


def test_scale():
    torch.testing.assert_close(dot_product_attention(Q, K, V, scale=2.0), by_formula(scale=2.0))


@pytest.mark.parametrize("arguments", [{}, {"is_causal": True}, {"mask": MASK}, {"bias": torch.ones(2, 4, 3, 5)}])
def test_values_as_in_keras(real_keras, arguments):
    theirs = real_keras.ops.dot_product_attention(Q, K, V, **arguments).cpu()
    torch.testing.assert_close(dot_product_attention(Q, K, V, flash_attention=False, **arguments), theirs)


@pytest.mark.parametrize("arguments", [{}, {"attn_logits_soft_cap": 5.0}, {"bias": torch.zeros(1, 4, 3, 5)}])
def test_grouped_key_heads_are_shared(arguments):
    k, v = K[:, :, :2], V[:, :, :2]
    repeated = dot_product_attention(Q, k.repeat_interleave(2, 2), v.repeat_interleave(2, 2), **arguments)
    torch.testing.assert_close(dot_product_attention(Q, k, v, **arguments), repeated)


def test_a_row_without_sources_is_finite():
    out = dot_product_attention(Q, K, V, mask=torch.zeros(1, 1, 3, 5, dtype=torch.bool), bias=torch.zeros(1, 1, 3, 5))
    assert torch.isfinite(out).all()


def test_symbolic_shape():
    out = dot_product_attention(
        KerasTensor((None, None, 4, 8)), KerasTensor((None, 7, 4, 8)), KerasTensor((None, 7, 4, 6))
    )
    assert out.shape == (None, None, 4, 6)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"query.shape=\(3, 4, 8\)"):
        dot_product_attention(Q[0], K[0], V[0])
    with pytest.raises(ValueError, match="takes no bias, mask or cap"):
        dot_product_attention(Q, K, V, mask=MASK, flash_attention=True)


@pytest.mark.parametrize("grad", [True, False])
def test_a_step_that_attends_to_nothing_averages(real_keras, grad):
    q, k, v = (torch.randn(1, 3, 2, 4) for _ in range(3))
    v.requires_grad_(grad)
    mask = torch.ones(1, 1, 3, 3, dtype=torch.bool)
    mask[0, 0, 1] = False
    with torch.set_grad_enabled(grad):
        out = dot_product_attention(q, k, v, mask=mask)
    torch.testing.assert_close(out[0, 1], v.detach().mean(dim=1)[0])
    torch.testing.assert_close(out.detach(), real_keras.ops.dot_product_attention(q, k, v.detach(), mask=mask))
    if grad:
        out[0, 1].sum().backward()
        torch.testing.assert_close(v.grad, torch.full_like(v, 1 / 3))
