"""`AdditiveAttention`: what `Attention` does not have; beside real Keras in `test_attention.py`."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers


@pytest.mark.parametrize("use_scale", [True, False])
def test_scores_are_sums_of_tanh(use_scale: bool) -> None:
    layer, query, value = layers.AdditiveAttention(use_scale), torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    y, weights = layer([query, value], return_attention_scores=True)
    together = torch.tanh(query.unsqueeze(2) + value.unsqueeze(1))
    scores = together @ layer.scale.value if use_scale else together.sum(-1)
    torch.testing.assert_close(weights, scores.softmax(-1))
    torch.testing.assert_close(y, weights @ value)


def test_symbolic_shapes() -> None:
    query, value = layers.Input((None, 4)), layers.Input((5, 4))
    assert layers.AdditiveAttention()([query, value]).shape == (None, None, 4)


def test_the_scale_needs_the_number_of_features() -> None:
    with pytest.raises(ValueError, match="size of the last axis"):
        layers.AdditiveAttention().build([(None, 2, None), (None, 2, None)])


def test_the_config_has_no_mode_of_scores() -> None:
    assert "score_mode" not in layers.AdditiveAttention().get_config()
