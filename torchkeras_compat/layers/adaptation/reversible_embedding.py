"""How `ReversibleEmbedding` is adapted: its table, or its two tables, and the scores of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from torchkeras_compat.layers.adaptation.adapter import group_size
from torchkeras_compat.layers.adaptation.contraction import MATRIX_PRODUCT
from torchkeras_compat.layers.adaptation.embedding import EmbeddingAdapter
from torchkeras_compat.layers.adaptation.products import QuantizedProduct
from torchkeras_compat.layers.adaptation.scale_layouts import AlignedScale, Squeezed
from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.layers.adaptation.tables import QuantizedTable, score_rows
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.quantizers.abs_max import AbsMaxQuantizer
from torchkeras_compat.quantizers.quantization_config import (
    activation_quantizer_or_default,
    weight_quantizer_or_default,
)

if TYPE_CHECKING:
    from torchkeras_compat.layers.core.reversible_embedding import ReversibleEmbedding
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class ReversibleEmbeddingAdapter(EmbeddingAdapter):
    """Adapts a `ReversibleEmbedding`."""

    layer: ReversibleEmbedding
    file_order = (
        *EmbeddingAdapter.file_order,
        *("reverse_embeddings", "reverse_embeddings_scale", "reverse_embeddings_zero"),
    )

    def quantize_weights(self, mode: str, config: QuantizationConfig | None) -> None:
        super().quantize_weights(mode, config)
        layer = self.layer
        layer.__dict__["_score_rows"] = score_rows
        if layer.tie_weights:
            return
        kernel = layer.reverse_embeddings.value
        quantizer = weight_quantizer_or_default(config, None)
        if isinstance(quantizer, AbsMaxQuantizer):  # this table lies the other way round
            quantizer = AbsMaxQuantizer.from_config({**quantizer.get_config(), "axis": 0})
        weight: StoredWeight
        layout: Layout
        if mode == "int8":
            weight = Int8Weight(kernel, (0,), quantizer)
            layout = AlignedScale(MATRIX_PRODUCT)
        else:
            weight = Int4Weight(kernel, (0,), 0, 0, group_size(config), quantizer)
            layout = Squeezed(0)
        product = QuantizedProduct(MATRIX_PRODUCT, weight, None, IDENTITY, layer.inputs_quantizer)
        layer._keep_torch_module("reverse_linear", product)
        self.list_stored("reverse_embeddings", weight, layout)

    def quantized_table(self, mode: str, weight: StoredWeight, config: QuantizationConfig | None) -> QuantizedTable:
        default = AbsMaxQuantizer() if mode == "int8" else None
        inputs_quantizer = activation_quantizer_or_default(config, default)
        self.layer.inputs_quantizer = inputs_quantizer
        return QuantizedTable(weight, inputs_quantizer)

    def add_low_rank(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        super().add_low_rank(a, b, scaling)
        self.layer.__dict__["_score_rows"] = score_rows
