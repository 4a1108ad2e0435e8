"""Which layers have an adapter, when it is loaded, and what of it a plain layer holds: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.layers.adaptation.kinds import KINDS
from torchkeras_compat import Sequential, layers, quantizers
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.layers.attention.projection import HeadProjection
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.layer import Layer

PLAIN = """
import sys, numpy as np
import torchkeras_compat as keras
from torchkeras_compat.layers import Dense
model = keras.Sequential([keras.layers.Input((4,)), Dense(3, "relu"), Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)
model.predict(np.ones((2, 4)), verbose=0)
model.save(sys.argv[1] + "/plain.keras")
keras.models.load_model(sys.argv[1] + "/plain.keras")
attention = keras.layers.MultiHeadAttention(2, 4)
attention(np.ones((1, 3, 4)), np.ones((1, 3, 4)))
layer = model.layers[0]
"""
FIRST_USES = {
    "none": "",
    "quantize": "layer.quantize('int8')",
    "enable_lora": "layer.enable_lora(2)",
    "an argument": "Dense(3, lora_rank=2)",
    "a policy": "Dense(3, dtype='int8_from_float32').build((None, 4))",
    "a file": "keras.models.load_model(sys.argv[1] + '/quantized.keras')",
}


@pytest.mark.parametrize("use", FIRST_USES)
def test_adapters_and_quantizers_are_loaded_with_the_first_layer_that_is_adapted(use: str, tmp_path: Path) -> None:
    model = Sequential([layers.Input((4,)), layers.Dense(3)])
    model.quantize("int8")
    model.save(tmp_path / "quantized.keras")
    watched = ("torchkeras_compat.quantizers", "torchkeras_compat.layers.adaptation", "torchkeras_compat.layers.remat")
    code = f"{PLAIN}\n{FIRST_USES[use]}\nprint(*(name for name in sys.modules if name.startswith({watched})))"
    command = [sys.executable, "-W", "error", "-c", code, str(tmp_path)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    if use == "none":
        assert loaded == []
    else:
        assert {"torchkeras_compat.layers.adaptation.dense", "torchkeras_compat.quantizers.abs_max"} <= set(loaded)
        assert not any(name.startswith(watched[2]) for name in loaded)


@pytest.mark.parametrize(
    ("kind", "adapter"),
    [
        (layers.Dense, "DenseAdapter"),
        (layers.EinsumDense, "EinsumDenseAdapter"),
        (layers.Embedding, "EmbeddingAdapter"),
        (HeadProjection, "HeadProjectionAdapter"),
    ],
)
def test_an_adapter_is_found_by_the_class_of_a_layer(kind: type[Layer], adapter: str) -> None:
    assert kind.__bases__ in ((Layer,), (Activated,))
    for cls in (kind, type("Mine", (kind,), {})):
        layer = cls.__new__(cls)
        found = adapter_of(layer)
        assert type(found).__name__ == adapter and found is not None and found.layer is layer


def test_the_adapter_of_a_class_replaces_that_of_its_base() -> None:
    assert type(adapter_of(layers.ReversibleEmbedding(3, 2))).__name__ == "ReversibleEmbeddingAdapter"


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_layer_has_no_state_of_an_adapter(kind: str) -> None:
    make, shape, _ = KINDS[kind]
    layer = make(layers)
    layer.build(shape)
    state = " ".join(layer.__dict__)
    assert not any(word in state for word in ("lora", "quantiz", "adapt"))
    assert "call" not in layer.__dict__


def test_a_layer_without_an_adapter_says_so() -> None:
    layer = layers.LayerNormalization()
    layer.build((None, 2))
    assert adapter_of(layer) is None
    for name, arguments in (
        ("quantize", ("int8",)),
        ("quantized_build", ((None, 2), "int8")),
        ("quantized_call", (1,)),
    ):
        with pytest.raises(
            NotImplementedError, match=f"LayerNormalization does not have a `{name}` method implemented"
        ):
            getattr(layer, name)(*arguments)
    with pytest.raises(AttributeError, match="enable_lora"):
        layer.enable_lora(2)


def test_a_quantized_policy_leaves_a_layer_without_an_adapter_as_it_is() -> None:
    layer = layers.LayerNormalization(dtype="int8_from_float32")
    layer.build((None, 2))
    assert [v.dtype for v in layer.weights] == ["float32"] * 2
    store: dict[str, Any] = {}
    layer.save_own_variables(store)
    layer.load_own_variables(store)
    assert len(store) == 2


def test_a_class_with_its_own_quantize_gets_mode_and_config_when_it_can_be_quantized() -> None:
    class Rounded(layers.Layer):
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape[-1:], "ones", name="scale")

        def quantize(self, mode: str, type_check: bool = True, config: Any = None) -> None:
            self.quantized_by = mode, config

    layer = Rounded()
    with pytest.raises(ValueError, match="Cannot quantize a layer that isn't yet built. Layer 'rounded'"):
        layer.quantize("int8")
    layer.build((None, 3))
    with pytest.raises(ValueError, match="Contradictory"):
        layer.quantize("int8", config="int4")
    layer.quantize(config="int4")
    mode, config = layer.quantized_by
    assert mode == "int4" and isinstance(config, quantizers.Int4QuantizationConfig)
    layer.dtype_policy = "int4/8_from_float32"
    assert layer.quantized_by[1].block_size == 8


def test_files_hold_the_weights_of_a_layer_before_those_that_a_subclass_adds() -> None:
    class Mine(layers.Dense):
        def __init__(self, units: int) -> None:
            super().__init__(units)
            self.extra = self.add_weight((2,), name="extra")

    layer, store = Mine(3), {}
    layer.save_own_variables(store)
    assert store == {}  # not built
    layer.build((None, 4))
    layer.save_own_variables(store)
    assert [np.shape(store[key]) for key in sorted(store)] == [(4, 3), (3,), (2,)]
