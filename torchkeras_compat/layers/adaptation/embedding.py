"""How `Embedding` is adapted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from torchkeras_compat.layers.adaptation.adapter import Adapter, group_size
from torchkeras_compat.layers.adaptation.lora import LowRankTable
from torchkeras_compat.layers.adaptation.scale_layouts import Squeezed
from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.layers.adaptation.tables import QuantizedTable
from torchkeras_compat.quantizers.quantization_config import weight_quantizer_or_default

if TYPE_CHECKING:
    from torchkeras_compat.layers.core.embedding import Embedding
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class EmbeddingAdapter(Adapter):
    """Adapts an `Embedding`."""

    layer: Embedding
    module_name = "embedding"
    weight_name = "embeddings"
    file_order: tuple[str, ...] = ("_embeddings", "embeddings_scale", "embeddings_zero", "g_idx")

    def stored(self) -> StoredWeight | None:
        table = self.module
        if isinstance(table, LowRankTable):
            table = table.base_layer
        return table.weight if isinstance(table, QuantizedTable) else None

    def quantize_weights(self, mode: str, config: QuantizationConfig | None) -> None:
        table, quantizer = self.held_weight().value, weight_quantizer_or_default(config, None)
        weight: StoredWeight
        if mode == "int8":
            weight = Int8Weight(table, (1,), quantizer)
        else:
            weight = Int4Weight(table, (0,), 1, 1, group_size(config), quantizer)
        self.replace_module(self.quantized_table(mode, weight, config))
        self.list_stored("embeddings", weight, Squeezed(1), "_embeddings")
        if weight.zero is not None:
            self.list_tensor("g_idx", weight, "g_idx")

    # What rounds the inputs of scores, which `ReversibleEmbedding` has, follows from mode and config.
    def quantized_table(self, mode: str, weight: StoredWeight, config: QuantizationConfig | None) -> QuantizedTable:
        """Return the module that looks up in a quantized table."""
        return QuantizedTable(weight)

    def add_low_rank(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        self.layer._keep_torch_module("embedding", LowRankTable(self.module, a, b, scaling))
