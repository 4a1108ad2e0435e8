"""`ReversibleEmbedding`, adapted: its scores."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch

from torchkeras_compat import layers


@pytest.mark.parametrize("mode", [None, "int8", "int4"])
@pytest.mark.parametrize("tied", [True, False])
def test_scores_follow_the_adapted_table_if_it_is_theirs(tied: bool, mode: str | None) -> None:
    layer = layers.ReversibleEmbedding(6, 8, tie_weights=tied)
    layer.build()
    x = torch.randn(3, 8)
    before = layer(x, reverse=True).detach()
    layer.enable_lora(2)
    layer.lora_embeddings_b.assign(torch.ones(2, 8))
    if mode:
        layer.quantize(mode)
    scores = layer(x, reverse=True).detach()
    expected = x @ layer.embeddings.detach().T if tied else before
    assert (scores - expected).abs().max() <= (0.15 if mode else 1e-5) * expected.abs().max()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(x, reverse=True), scores)
