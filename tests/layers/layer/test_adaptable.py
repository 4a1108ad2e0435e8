"""What the classes that have an adapter show of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import layers, quantizers

MAKERS = {
    "Dense": lambda **more: layers.Dense(3, **more),
    "EinsumDense": lambda **more: layers.EinsumDense("ab,bc->ac", 3, **more),
    "Embedding": lambda **more: layers.Embedding(4, 3, **more),
    "ReversibleEmbedding": lambda **more: layers.ReversibleEmbedding(4, 3, **more),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
def test_arguments_are_kept_and_go_into_the_config(make: Any) -> None:
    plain = make()
    assert plain.lora_rank is None and plain.lora_alpha is None and plain.quantization_config is None
    assert not plain.lora_enabled and plain._int4_block_size is None
    assert plain.get_config()["quantization_config"] is None and "lora_rank" not in plain.get_config()
    config = quantizers.Int4QuantizationConfig(block_size=16)
    layer = make(lora_rank=2, lora_alpha=6.0, quantization_config=config)
    assert (layer.lora_rank, layer.lora_alpha, layer._int4_block_size) == (2, 6.0, 16)
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    assert isinstance(twin.quantization_config, quantizers.Int4QuantizationConfig)
    assert make(lora_rank=2).lora_alpha == 2
    with pytest.raises(ValueError, match="positive int. Received: rank=0"):
        make(lora_rank=0)


def test_the_weight_is_there_once_the_layer_is_built() -> None:
    layer = layers.Dense(3)
    with pytest.raises(AttributeError, match="kernel"):
        _ = layer.kernel
    layer.build((None, 4))
    assert layer.kernel is layer.weights[0]


def test_a_subclass_may_make_its_own_weight() -> None:
    class Mine(layers.Dense):
        def build(self, input_shape: Any) -> None:
            self.kernel = self.add_weight((input_shape[-1], self.units), "ones", name="kernel")
            self.built = True

        def call(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.kernel.value

    layer = Mine(3)
    assert layer(torch.ones(2, 4)).tolist() == [[4.0] * 3] * 2
    assert [v.name for v in layer.weights] == ["kernel"] and layer.kernel is layer.weights[0]


def test_calibration_is_said_of_the_layers_that_data_quantizes() -> None:
    layer = layers.Dense(3)
    layer.build((None, 4))
    assert not layer.is_gptq_calibrated and not layer.is_awq_calibrated
    layer.is_awq_calibrated = False
    with pytest.raises(ValueError, match="not quantized by AWQ. Received: quantization mode None.*quantize.'awq'"):
        layer.is_awq_calibrated = True
    waiting = layers.Dense(3, dtype="gptq/4/8_from_float32")
    waiting.build((None, 8))
    assert not waiting.is_gptq_calibrated
    with pytest.raises(ValueError, match="not quantized by AWQ. Received: quantization mode gptq"):
        waiting.is_awq_calibrated = True
    waiting.is_gptq_calibrated = True
    assert waiting.is_gptq_calibrated and not waiting.is_awq_calibrated and waiting.kernel.dtype is torch.uint8
    assert not hasattr(layers.Embedding(3, 2), "is_gptq_calibrated")
