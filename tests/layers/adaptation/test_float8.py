"""Layers in float8 beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.layers.adaptation.kinds import KERNELS, KINDS, pair, stored
from torchkeras_compat import layers


def array(x: Any) -> np.ndarray:
    return x.detach().float().numpy()


@pytest.mark.parametrize("kind", KERNELS)
def test_training_is_that_of_keras(kind: str, real_keras: ModuleType) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, *KINDS[kind][2].shape[1:])).astype("float32") * 3
    layer, twin, _ = pair(kind, layers, real_keras.layers)
    y = rng.normal(size=(32, *layer(x).shape[1:])).astype("float32")
    after = []
    for K, module in ((ours, layer), (real_keras, twin)):
        module.quantize("float8")
        model = K.Sequential([K.layers.Input(x.shape[1:]), module])
        model.compile(K.optimizers.SGD(0.05), "mse")
        history = model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]
        after.append([history, *stored(module).values(), array(model(x))])
    for mine, theirs in zip(*after, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-5)
    assert layer.dtype_policy.name == "float8_from_float32" == twin.dtype_policy.name


def test_scales_follow_the_largest_values() -> None:
    layer = layers.Dense(4, use_bias=False)
    layer.build((None, 6))
    layer.quantize("float8")
    optimizer = ours.optimizers.SGD(0.0)
    optimizer.build(layer.trainable_variables)
    largest = []
    for step in range(3):
        x = torch.randn(5, 6) * (step + 1)
        layer.zero_grad()
        layer(x, training=True).sum().backward()
        optimizer.apply([v.value.grad for v in layer.trainable_variables], layer.trainable_variables)
        largest.append(x.abs().max())
        torch.testing.assert_close(layer.inputs_amax_history.value[0], largest[-1])
        torch.testing.assert_close(layer.outputs_grad_amax_history.value[0], torch.tensor(1.0))
    torch.testing.assert_close(layer.inputs_scale.value.detach(), max(largest[:2]) / 448)
    torch.testing.assert_close(layer.kernel_scale.value.detach(), layer.kernel.value.abs().max().detach() / 448)


def test_nothing_moves_in_inference() -> None:
    layer = layers.Dense(4)
    layer.build((None, 6))
    layer.quantize("float8")
    x = torch.randn(5, 6, requires_grad=True)
    layer(x, training=False).sum().backward()
    assert layer.inputs_scale.value.grad is None and layer.inputs_amax_history.value.grad is None
    torch.testing.assert_close(layer(x, training=True), layer(x, training=False))


@pytest.mark.parametrize("first", ["quantize", "enable_lora"])
def test_with_an_adapter_the_sum_is_rounded(first: str) -> None:
    layer, plain = layers.Dense(4), layers.Dense(4)
    x = torch.randn(5, 6)
    for y in (layer, plain):
        y.build((None, 6))
    if first == "quantize":
        layer.quantize("float8")
    layer.enable_lora(2, b_initializer="ones")
    if first == "enable_lora":
        layer.quantize("float8")
    plain.kernel.assign(layer.kernel)
    plain.quantize("float8")
    torch.testing.assert_close(layer(x), plain(x))
    (layer(x, training=True) ** 2).sum().backward()
    assert layer.lora_kernel_a.value.grad.abs().max() > 0 and layer._kernel.value.grad is None


@pytest.mark.parametrize("policy", ["float8_from_mixed_bfloat16", "float8_from_float32"])
def test_a_float8_policy(policy: str, tmp_path: Any) -> None:
    model = ours.Sequential([layers.Input((6,)), layers.Dense(4, dtype=policy)])
    assert len(model.trainable_weights) == 8
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(16, 6))
    model.fit(x, x[:, :4], epochs=2, verbose=0)
    y = model(x)
    assert y.dtype is (torch.bfloat16 if "bfloat16" in policy else torch.float32)
    model.save(tmp_path / "m.keras")
    torch.testing.assert_close(ours.models.load_model(tmp_path / "m.keras")(x), y)


def test_the_length_of_the_history() -> None:
    policy = ours.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", amax_history_length=7)
    layer = layers.Dense(4, dtype=policy)
    layer.build((None, 6))
    assert layer.kernel_amax_history.shape == (7,)
