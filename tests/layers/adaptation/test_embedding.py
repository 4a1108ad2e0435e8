"""`Embedding`, adapted."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.layers.adaptation.lora import LowRankTable
from torchkeras_compat.layers.adaptation.tables import QuantizedTable


@pytest.mark.parametrize("first", ["quantize", "enable_lora"])
def test_a_low_rank_adapter_lies_around_the_table(first: str) -> None:
    layer = layers.Embedding(6, 4)
    layer.build()
    assert type(layer.embedding) is nn.Embedding
    for step in (first, "quantize" if first == "enable_lora" else "enable_lora"):
        getattr(layer, step)("int8" if step == "quantize" else 2)
    assert isinstance(layer.embedding, LowRankTable) and isinstance(layer.embedding.base_layer, QuantizedTable)
    layer.lora_embeddings_b.assign(torch.ones(2, 4))
    torch.testing.assert_close(layer(torch.arange(6)), layer.embeddings)
    assert layer._embeddings.dtype == "int8"


@pytest.mark.parametrize("mode", ["float8", "gptq", "awq"])
def test_tables_have_no_form_of_other_modes(mode: str) -> None:
    layer = layers.Embedding(6, 4, dtype=f"{mode}{'' if mode == 'float8' else '/4/8'}_from_float32")
    with pytest.raises(NotImplementedError, match=f"Expected one of .'int8', 'int4'.. Received: .*={mode}"):
        layer.build()
