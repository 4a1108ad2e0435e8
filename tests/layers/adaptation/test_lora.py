"""`layer.enable_lora` beside real Keras."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.layers.adaptation.kinds import KINDS, TABLES, pair, stored
from torchkeras_compat import Sequential, layers, quantizers
from torchkeras_compat.layers.layer.adapters import adapter_of


def adapt(layer: Any, rank: int = 3, alpha: float | None = None) -> None:
    """Give a layer an adapter with fixed values."""
    layer.enable_lora(rank, lora_alpha=alpha)
    rng = np.random.default_rng(5)
    name = "embeddings" if hasattr(layer, "lora_embeddings_a") else "kernel"
    for side in "ab":
        variable = getattr(layer, f"lora_{name}_{side}")
        variable.assign(rng.normal(size=tuple(variable.shape)).astype("float32") * 0.3)


def array(x: Any) -> np.ndarray:
    return x.detach().float().numpy()


@pytest.mark.parametrize("mode", [None, "int8", "int4"])
@pytest.mark.parametrize("first", ["quantize", "enable_lora"])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_weights_and_files_are_those_of_keras(
    kind: str, first: str, mode: str | None, real_keras: ModuleType
) -> None:
    if mode is None and first == "quantize":
        pytest.skip("nothing comes first")
    layer, twin, x = pair(kind, layers, real_keras.layers)
    before = array(layer(x))
    for y, q in ((layer, quantizers), (twin, real_keras.quantizers)):
        if first == "enable_lora":
            adapt(y, alpha=1.5)
        if mode:
            y.quantize(config=q.Int8QuantizationConfig() if mode == "int8" else q.Int4QuantizationConfig(block_size=-1))
        if first == "quantize":
            adapt(y, alpha=1.5)
    found = array(layer(x))
    np.testing.assert_allclose(found, array(twin(x)), rtol=1e-4, atol=1e-5)
    assert np.abs(found - before).max() > 0.1
    names = [[v.name for v in y.trainable_weights] for y in (layer, twin)]
    assert sorted(names[0]) == sorted(names[1])
    mine, theirs = stored(layer), stored(twin)
    assert mine.keys() == theirs.keys()
    for key in mine:
        if "reversible" in kind and mode and int(key) > 0:
            continue  # Keras stores scales of such a table before the adapter was added
        exact = mine[key].dtype != np.int8
        np.testing.assert_allclose(mine[key], theirs[key], rtol=1e-4 if exact else 0, atol=1e-6 if exact else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_that_was_not_trained_changes_nothing(kind: str) -> None:
    make, shape, x = KINDS[kind]
    layer = make(layers)
    layer.build(shape)
    before = layer(x)
    layer.enable_lora(2)
    torch.testing.assert_close(layer(x), before)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_are_those_of_the_sum(kind: str) -> None:
    make, shape, x = KINDS[kind]
    layer = make(layers)
    layer.build(shape)
    plain = copy.deepcopy(layer)
    name = adapter_of(layer).weight_name
    adapt(layer)
    getattr(plain, name).assign(getattr(layer, name))
    (layer(x) ** 2).sum().backward()
    (plain(x) ** 2).sum().backward()
    whole = getattr(plain, name).value.grad
    a, b = (getattr(layer, f"lora_{name}_{side}") for side in "ab")
    torch.testing.assert_close(a.value.grad, whole @ b.value.detach().T, rtol=1e-4, atol=1e-4)
    flat = a.value.detach().flatten(0, -2).T @ whole.flatten(0, -2)
    torch.testing.assert_close(b.value.grad, flat, rtol=1e-4, atol=1e-4)
    assert getattr(layer, f"_{name}").parameter.grad is None


@pytest.mark.parametrize("mode", [None, "int8", "int4"])
def test_training_moves_the_adapter_as_in_keras(mode: str | None, real_keras: ModuleType) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(16, 4, 9)).astype("float32"), rng.normal(size=(16, 4, 7)).astype("float32")
    after = []
    layer, twin, _ = pair("dense in time", layers, real_keras.layers)
    for K, module in ((ours, layer), (real_keras, twin)):
        if mode:
            module.quantize(mode)
        adapt(module)
        model = K.Sequential([K.layers.Input((4, 9)), module])
        model.compile(K.optimizers.SGD(0.1), "mse")
        history = model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]
        after.append([history, *(array(v.value) for v in (module.lora_kernel_a, module.lora_kernel_b))])
    for mine, theirs in zip(*after, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_files_hold_the_sum_and_go_both_ways(kind: str, real_keras: ModuleType, tmp_path: Any) -> None:
    layer, twin, x = pair(kind, layers, real_keras.layers)
    dtype = "int32" if kind in TABLES else "float32"

    def model_of(K: Any, layer: Any) -> Any:
        inputs = K.layers.Input(x.shape[1:], dtype=dtype)
        return K.models.Model(inputs, layer(inputs))

    mine, theirs = model_of(ours, layer), model_of(real_keras, twin)
    adapt(layer)
    adapt(twin)
    expected = array(mine(x))
    mine.save(tmp_path / "mine.keras")
    theirs.save(tmp_path / "theirs.keras")
    loaded = [ours.models.load_model(tmp_path / name) for name in ("mine.keras", "theirs.keras")]
    if kind != "reversible untied":  # Keras cannot build one with an adapter
        loaded.append(real_keras.models.load_model(tmp_path / "mine.keras"))
    for model in loaded:
        np.testing.assert_allclose(array(model(x)), expected, rtol=1e-4, atol=1e-5)
        assert model.layers[-1].lora_enabled and model.layers[-1].lora_rank == 3
    mine.save_weights(tmp_path / "mine.weights.h5")
    mine.load_weights(tmp_path / "mine.weights.h5")  # which sets the adapter to zero
    np.testing.assert_allclose(array(mine(x)), expected, rtol=1e-4, atol=1e-5)
    plain = model_of(ours, KINDS[kind][0](layers))
    plain.load_weights(tmp_path / "mine.weights.h5")
    np.testing.assert_allclose(array(plain(x)), expected, rtol=1e-4, atol=1e-5)


def test_the_weight_shows_the_sum() -> None:
    layer = layers.Dense(4)
    layer.build((None, 6))
    weight = layer.kernel.value.detach().clone()
    assert layer.kernel is layer._kernel
    adapt(layer, alpha=1.5)
    delta = layer.lora_kernel_a.value @ layer.lora_kernel_b.value * 0.5
    torch.testing.assert_close(layer.kernel, weight + delta)
    assert not layer._kernel.trainable and layer.linear.base_layer.weight.requires_grad is False
    assert layer.lora_kernel_a.path == "dense/lora_kernel_a"


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Dense(3, kernel_regularizer="l2", lora_rank=2),
        lambda: layers.EinsumDense("ab,bc->ac", 3, kernel_regularizer="l2", lora_rank=2),
        lambda: layers.Embedding(6, 3, embeddings_regularizer="l2", lora_rank=2),
    ],
    ids=["Dense", "EinsumDense", "Embedding"],
)
def test_the_rank_in_the_constructor(make: Any) -> None:
    layer = make()
    layer.build((None, 6))
    assert layer.lora_enabled and layer.lora_alpha == 2
    assert len(layer.losses) == 2  # of a and b; the frozen weight has none
    config = layer.get_config()
    assert config["lora_rank"] == config["lora_alpha"] == 2
    assert type(layer).from_config(config).get_config() == config


def test_an_adapter_in_mixed_precision() -> None:
    layer = layers.Dense(3, dtype="mixed_bfloat16")
    layer.build((None, 6))
    adapt(layer)
    assert layer.lora_kernel_a.dtype == "float32"
    assert layer(torch.randn(2, 6)).dtype is torch.bfloat16


def test_only_the_adapter_is_trained() -> None:
    model = Sequential([layers.Input((8,)), layers.Dense(4, use_bias=False), layers.Dense(1, use_bias=False)])
    for layer in model.layers:
        layer.enable_lora(2)
    model.compile("adam", "mse")
    before = {v.path: v.numpy() for v in model.weights}
    x = np.random.default_rng(0).normal(size=(16, 8))
    model.fit(x, x[:, :1], epochs=3, verbose=0)
    moved = [v.path for v in model.weights if (v.numpy() != before[v.path]).any()]
    assert moved and all("lora" in path for path in moved)
    assert len(model.optimizer.variables) == 2 + 2 * 4


def test_errors_say_what_to_do() -> None:
    layer = layers.Dense(3, kernel_constraint="non_neg")
    with pytest.raises(ValueError, match="incompatible with kernel constraints.*`kernel_constraint` of Dense 'dense'"):
        layer.enable_lora(2)
    layer = layers.Embedding(4, 3)
    with pytest.raises(ValueError, match="isn't yet built"):
        layer.enable_lora(2)
    layer.build()
    with pytest.raises(ValueError, match="positive int. Received: rank=0"):
        layer.enable_lora(0)
    layer.enable_lora(2)
    with pytest.raises(ValueError, match="already enabled"):
        layer.enable_lora(2)
