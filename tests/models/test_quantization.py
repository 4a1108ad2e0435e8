"""`model.quantize` beside real Keras."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import Model, Sequential, layers


def small(K: Any) -> Any:
    return K.Sequential(
        [
            K.layers.Input((6,)),
            K.layers.Dense(8, "relu", name="first"),
            K.layers.LayerNormalization(name="norm"),
            K.layers.Dense(8, "relu", name="second"),
            K.layers.Dropout(0.5, name="dropout"),
            K.layers.Dense(2, name="scores"),
        ]
    )


@pytest.mark.filterwarnings("ignore:Layer LayerNormalization does not have")
@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_outputs_are_those_of_keras(mode: str, real_keras: ModuleType) -> None:
    mine, theirs = small(ours), small(real_keras)
    theirs.set_weights(mine.get_weights())
    x = np.random.default_rng(0).normal(size=(5, 6)).astype("float32")
    mine.quantize(mode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.quantize(mode)
    np.testing.assert_allclose(mine.predict(x, verbose=0), theirs.predict(x, verbose=0), rtol=1e-4, atol=1e-5)
    assert [v.path.split("/")[-2:] for v in mine.weights] == [v.path.split("/")[-2:] for v in theirs.weights]


@pytest.mark.filterwarnings("ignore:Layer LayerNormalization does not have")
@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (None, ["first", "second", "scores"]),
        ("first", ["first"]),
        (["^f", "^sc"], ["first", "scores"]),
        (lambda layer: layer.name.startswith("s"), ["second", "scores"]),
    ],
    ids=["all", "pattern", "patterns", "function"],
)
def test_filters_choose_layers(filters: Any, names: list[str]) -> None:
    model = small(ours)
    model.quantize("int8", filters=filters)
    assert [layer.name for layer in model.layers if layer.quantization_mode == "int8"] == names


def test_layers_with_weights_that_stay_as_they_are_warn() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        small(ours).quantize("int8")
    assert [str(w.message) for w in caught] == [
        "Layer LayerNormalization does not have a `quantize` method implemented. Its weights stay as they are."
    ]
    assert caught[0].filename == __file__


def test_training_goes_on_after_quantization() -> None:
    model = Sequential([layers.Input((6,)), layers.Dense(8, "relu"), layers.Dense(2)])
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(16, 6))
    model.fit(x, x[:, :2], verbose=0)
    model.predict(x, verbose=0)
    model.quantize("float8")
    model.compile("adam", "mse")
    first = model.evaluate(x, x[:, :2], verbose=0)
    model.fit(x, x[:, :2], epochs=20, verbose=0)
    assert model.evaluate(x, x[:, :2], verbose=0) < 0.9 * first


def test_nested_models_and_layers() -> None:
    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(4)

        def call(self, x: Any) -> Any:
            return self.dense(x)

    inputs = layers.Input((4,))
    model = Model(inputs, Sequential([layers.Dense(4), Block()])(Block()(inputs)))
    before = model(np.ones((1, 4), "float32"))
    model.quantize("int8")
    assert sum(v.name == "kernel" and v.dtype == "int8" for v in model.weights) == 3
    torch.testing.assert_close(model(np.ones((1, 4), "float32")), before, atol=0.1, rtol=0.1)


@pytest.mark.parametrize("kind", ["MultiHeadAttention", "GroupQueryAttention"])
@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_attention_is_quantized_as_in_keras(kind: str, mode: str, real_keras: ModuleType) -> None:
    def made(K: Any) -> Any:
        arguments = (2, 4) if kind == "MultiHeadAttention" else (4, 4, 2)
        layer = getattr(K.layers, kind)(*arguments, name="attention")
        x = K.layers.Input((5, 6))
        return K.models.Model(x, layer(x, x))

    mine, theirs = made(ours), made(real_keras)
    theirs.set_weights(mine.get_weights())
    mine.quantize(mode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.quantize(mode)
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    np.testing.assert_allclose(mine.predict(x, verbose=0), theirs.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def test_attention_gets_adapters() -> None:
    layer = layers.MultiHeadAttention(2, 4)
    x = torch.randn(2, 5, 6)
    before = layer(x, x)
    for part in (layer.query_dense, layer.output_dense):
        part.enable_lora(2)
    torch.testing.assert_close(layer(x, x), before)
    part.lora_kernel_b.assign(torch.randn(part.lora_kernel_b.shape))
    part.quantize("int8")
    after = layer(x, x)
    assert not torch.allclose(after, before)
    layer.query_dense.lora_kernel_b.assign(torch.ones(layer.query_dense.lora_kernel_b.shape))
    assert not torch.allclose(layer(x, x), after)


def test_quantized_attention_comes_back_from_a_file(tmp_path: Any, real_keras: ModuleType) -> None:
    inputs = layers.Input((5, 6))
    model = Model(inputs, layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs))
    model.quantize("int8")
    x = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")
    model.save(tmp_path / "model.keras")
    for K in (ours, real_keras):
        found = K.models.load_model(tmp_path / "model.keras").predict(x, verbose=0)
        np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


def test_bad_arguments_change_nothing() -> None:
    model = small(ours)
    with pytest.raises(ValueError, match="Invalid quantization mode. Expected one of"):
        model.quantize("abc")
    with pytest.raises(ValueError, match="Unrecognized keyword arguments .*Sequential: .'speed': 2"):
        model.quantize("int8", speed=2)
    with pytest.raises(ValueError, match="`filters` argument must be .* Received: 3 of type"):
        model.quantize("int8", filters=3)
    with pytest.raises(ValueError, match="isn't yet built"):
        Sequential([layers.Dense(2)]).quantize("int8")
    assert all(layer.quantization_mode is None for layer in model.layers)
