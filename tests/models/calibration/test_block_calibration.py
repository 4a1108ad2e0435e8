"""Which layers are calibrated, with what, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from tests.models.calibration.architectures import STEPS, config, samples, transformer
from torchkeras_compat import layers
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.quantizers.grouped import (
    dequantize_with_zero_point,
    group_parameters,
    quantize_with_zero_point,
)

MODES = ("gptq", "awq")


class MyDense(layers.Dense):
    """A subclass from outside of the package."""


def modes_of(model: Any) -> list[str | None]:
    return [layer.quantization_mode for layer in model._flatten_layers()]


def model_of(block: Any, *before: Any) -> tuple[Any, dict[str, list]]:
    model = keras.Sequential([layers.Input((STEPS,)), *before, block])
    return model, {"pre_block_layers": list(before), "sequential_blocks": [block]}


EQUATIONS = {
    "heads together": ("abcd,cde->abe", (STEPS, 6), (STEPS, 3, 4)),
    "heads turned": ("abcd,dce->abe", (STEPS, 6), (STEPS, 3, 4)),
    "kernel turned": ("abc,dc->abd", (STEPS, 6), (STEPS, 12)),
    "ellipsis": ("...c,ce->...e", (6,), (STEPS, 12)),
    "ellipsis behind": ("ab...,be->ae...", (6,), (12, STEPS)),
    "kernel for each step": ("abc,bcd->abd", (STEPS, 6), (STEPS, 12)),
    "steps summed": ("abc,cd->ad", (6,), (STEPS, 12)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", EQUATIONS)
def test_products_of_einsums_are_closer_than_those_of_rounded_kernels(name: str, mode: str) -> None:
    """Keras takes the features of such kernels by the place of their axes, and fails; the float layer is the oracle."""
    equation, output_shape, input_shape = EQUATIONS[name]
    embedding, shape = layers.Embedding(30, 12), layers.Reshape(input_shape)
    if name == "ellipsis behind":
        shape = layers.Permute((2, 1))
    layer = layers.EinsumDense(equation, output_shape)
    model, structure = model_of(layer, embedding, shape)
    rng = np.random.default_rng(4)
    # Features that depend on each other, and three large ones.
    table = rng.normal(size=(30, 4)) @ rng.normal(size=(4, 12)) + 0.2 * rng.normal(size=(30, 12))
    embedding.embeddings.assign(table * np.where(np.arange(12) % 5 == 0, 10, 1))
    x = torch.as_tensor(samples(64))
    inputs, kernel = shape(embedding(x)).detach(), layer.kernel.value.detach()
    contraction = adapter_of(layer).contraction()
    matrix = contraction.kernel_matrix(kernel)
    scale, zero, maxq = group_parameters(matrix, 4)
    rounded = dequantize_with_zero_point(quantize_with_zero_point(matrix, scale, zero, maxq), scale, zero)
    expected = contraction.input_matrix(inputs) @ matrix.T
    plain = (contraction.input_matrix(inputs) @ rounded.T - expected).norm()
    before = model(x).detach()
    assert torch.isclose((before**2).sum(), (expected**2).sum(), rtol=1e-4) or name == "kernel for each step"
    model.quantize(config=config(keras, mode, structure, group_size=-1, dataset=samples(64), num_samples=64))
    assert layer.kernel.dtype == torch.uint8 and layer.is_gptq_calibrated != layer.is_awq_calibrated
    if name == "kernel for each step":  # each column has its own inputs, which the matrices leave out
        columns = matrix - rounded
        plain = torch.einsum("abc,bcd->abd", inputs, columns.T.reshape(12, STEPS, 6).permute(1, 0, 2)).norm()
    assert (model(x) - before).norm() < 0.9 * plain


@pytest.mark.parametrize("mode", MODES)
def test_projections_of_attention_are_calibrated(mode: str) -> None:
    x = tokens = layers.Input((STEPS,), dtype="int32")
    embedding, attention = layers.Embedding(30, 12), layers.MultiHeadAttention(3, 4)

    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.attention = attention

        def call(self, x: Any) -> Any:
            return self.attention(x, x), None  # the next block gets the first output

    block, last = Block(), layers.Dense(12)
    x = last(block(embedding(tokens))[0])
    model = keras.Model(tokens, x)
    before = model.predict(samples(), verbose=0)
    structure = {"pre_block_layers": [embedding], "sequential_blocks": [block, last]}
    model.quantize(config=config(keras, mode, structure))
    projections = [attention.query_dense, attention.key_dense, attention.value_dense, attention.output_dense, last]
    assert all(getattr(layer, f"is_{mode}_calibrated") for layer in projections)
    after = model.predict(samples(), verbose=0)
    assert 0 < np.abs(after - before).max() < 0.3 * np.abs(before).max()


@pytest.mark.parametrize("mode", MODES)
def test_filters_choose_layers(mode: str) -> None:
    model, structure = transformer(keras)
    chosen = structure["sequential_blocks"][1].up
    model.quantize(config=config(keras, mode, structure), filters=f"^{chosen.name}$")
    assert [layer for layer in model._flatten_layers() if layer.quantization_mode] == [chosen]
    assert getattr(chosen, f"is_{mode}_calibrated")


def test_a_model_may_say_its_structure() -> None:
    class Model(keras.Sequential):
        def get_quantization_layer_structure(self, mode: str | None = None) -> dict[str, list]:
            assert mode == "awq"
            return {"pre_block_layers": self.layers[:1], "sequential_blocks": self.layers[1:]}

    model = Model([layers.Input((STEPS,)), layers.Embedding(30, 8), layers.Dense(8)])
    assert keras.Sequential().get_quantization_layer_structure("gptq") is None
    model.quantize("awq", config=config(keras, "awq", None))
    assert model.layers[1].is_awq_calibrated
    own = model.layers[1].quantization_config
    assert own.dataset is None and own.tokenizer is None and own.group_size == 8


def test_a_layer_in_two_blocks_is_calibrated_once() -> None:
    embedding, dense = layers.Embedding(30, 8), layers.Dense(8)
    blocks = [keras.Sequential([layers.Input((STEPS, 8)), dense]) for _ in range(2)]
    model = keras.Sequential([layers.Input((STEPS,)), embedding, *blocks])
    structure = {"pre_block_layers": [embedding], "sequential_blocks": blocks}
    model.quantize(config=config(keras, "gptq", structure))
    assert dense.is_gptq_calibrated


def test_training_layers_compute_as_in_inference() -> None:
    embedding, dense = layers.Embedding(30, 8), layers.Dense(8)
    block = keras.Sequential([layers.Input((STEPS, 8)), layers.Dropout(0.9), dense])
    model, structure = model_of(block, embedding)
    seen = []
    dense.linear.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model.train()
    model.quantize(config=config(keras, "awq", structure, dataset=samples(4)))
    assert len(seen) == 4 and not any((x == 0).any() or x.requires_grad for x in seen)


def test_what_samples_do_not_reach_or_may_compute_otherwise_stays() -> None:
    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.unused, self.mine = layers.Dense(8), layers.Dense(8), MyDense(8)

        def build(self, shape: Any) -> None:
            for layer in (self.used, self.unused, self.mine):
                layer.build(shape)
            self.built = True

        def call(self, x: Any) -> Any:
            return self.mine(self.used(x))

    for type_check in (True, False):
        block = Block()
        model, structure = model_of(block, layers.Embedding(30, 8))
        with pytest.warns(UserWarning) as warned:
            model.quantize(config=config(keras, "gptq", structure), type_check=type_check)
        messages = " ".join(str(w.message) for w in warned)
        assert f"No sample reaches layer '{block.unused.name}' of block '{block.name}'" in messages
        assert ("MyDense" in messages) == type_check and all(w.filename == __file__ for w in warned)
        assert block.used.is_gptq_calibrated and block.unused.dtype_policy.name == "float32"
        assert block.mine.is_gptq_calibrated != type_check


BAD: dict[str, tuple[dict[str, Any], type, str]] = {
    "no structure": ({"structure": None}, ValueError, "a valid quantization structure must be provided"),
    "missing key": ({"structure": {"sequential_blocks": []}}, ValueError, r"Received: \('sequential_blocks',\)"),
    "no layers": (
        {"structure": {"pre_block_layers": [], "sequential_blocks": ["block0"]}},
        TypeError,
        r"\['sequential_blocks'\] must be a list of layers. Received: \['block0'\]",
    ),
    "no blocks": (
        {"structure": {"pre_block_layers": [], "sequential_blocks": []}},
        ValueError,
        "No sequential blocks found",
    ),
    "another model": (
        {"structure": {"pre_block_layers": [], "sequential_blocks": [layers.Dense(2, name="stranger")]}},
        ValueError,
        "The block 'stranger' of .* is not a layer of the model",
    ),
    "no dataset": ({"dataset": None}, ValueError, "pass `dataset` to `(GPTQ|AWQ)Config`"),
    "no tokenizer": ({"tokenizer": None}, ValueError, "need a `tokenizer`"),
    "empty dataset": ({"dataset": []}, ValueError, "Provided dataset is empty"),
    "filter": ({"filters": "nothing"}, ValueError, "There is nothing to quantize"),
    "unknown ids": ({"dataset": [np.arange(90)]}, RuntimeError, "Calibration failed before the blocks: .* 0 of 10"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_before_the_model_is_changed(name: str, mode: str) -> None:
    model, structure = transformer(keras)
    settings, error, message = BAD[name]
    settings = {"structure": structure, **settings}
    filters, structure = settings.pop("filters", None), settings.pop("structure")
    before = model.get_weights()
    with pytest.raises(error, match=message):
        model.quantize(config=config(keras, mode, structure, **settings), filters=filters)
    assert not any(modes_of(model))
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_quantized_layers_are_refused_before_the_model_is_changed() -> None:
    model, structure = transformer(keras)
    structure["sequential_blocks"][1].down.quantize("int8")
    with pytest.raises(ValueError, match="is already quantized with dtype_policy='int8_from_float32'"):
        model.quantize(config=config(keras, "gptq", structure))
    assert [mode for mode in modes_of(model) if mode] == ["int8"]


@pytest.mark.parametrize("mode", MODES)
def test_a_failure_says_in_which_block_and_leaves_a_model_that_works(mode: str) -> None:
    model, structure = transformer(keras)
    first, second = structure["sequential_blocks"]
    first.down.bias.assign(np.full(12, np.nan))
    with pytest.raises(RuntimeError, match="in block 2 of 2, 'block1': .* 5 of 10 layers are quantized by now"):
        model.quantize(config=config(keras, mode, structure))
    assert all(getattr(layer, f"is_{mode}_calibrated") for layer in first.quantizable())
    assert not any(modes_of(second))
    first.down.bias.assign(np.zeros(12))
    assert np.isfinite(model.predict(samples(), verbose=0)).all()
    assert not any(m._forward_pre_hooks for m in model.modules())


def test_half_precision_is_calibrated_in_full() -> None:
    model, structure = model_of(layers.Dense(8, dtype="bfloat16"), layers.Embedding(30, 8, dtype="bfloat16"))
    model.quantize(config=config(keras, "gptq", structure))
    layer = structure["sequential_blocks"][0]
    assert layer.dtype_policy.name == "gptq/4/8_from_bfloat16" and layer.kernel_scale.dtype == "bfloat16"
    assert model(samples()).dtype is torch.bfloat16


@pytest.mark.cuda
@pytest.mark.parametrize("mode", MODES)
def test_a_model_on_a_gpu(mode: str) -> None:
    model, structure = transformer(keras)
    model.to("cuda")
    model.quantize(config=config(keras, mode, structure))
    assert structure["sequential_blocks"][1].up.quantized_kernel.value.is_cuda
