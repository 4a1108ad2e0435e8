"""`enable_lora` on convolutions, beside real Keras: numbers, training, configs and files."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers

CASES: dict[str, tuple[int, dict[str, Any]]] = {
    "Conv1D": (1, {"kernel_size": 3, "padding": "causal"}),
    "Conv2D": (2, {"kernel_size": (2, 3), "strides": 2, "padding": "same", "activation": "tanh"}),
    "Conv2D_groups": (2, {"kernel_size": 2, "groups": 2, "use_bias": False, "kernel_regularizer": "l2"}),
    "Conv2D_pointwise": (2, {"kernel_size": 1, "strides": 2}),
    "Conv2D_channels_first": (2, {"kernel_size": 2, "data_format": "channels_first"}),
    "Conv3D": (3, {"kernel_size": 2, "dilation_rate": 2}),
}


def pair(keras: Any, case: str, **more: Any) -> tuple[Any, Any, np.ndarray]:
    """A real layer and ours with the same weights and adapters, and inputs for them."""
    rank, arguments = CASES[case]
    made = [getattr(space, f"Conv{rank}D")(6, **arguments, **more) for space in (keras.layers, layers)]
    sizes = (6, 7, 5)[:rank]
    shape = (2, 4, *sizes) if "channels_first" in case else (2, *sizes, 4)
    for layer in made:
        layer.build(shape)
        layer.enable_lora(3, lora_alpha=1.5)
    real, ours = made
    for r, o in zip(real.variables, ours.variables, strict=True):
        assert (r.name, tuple(r.shape), r.trainable) == (o.name, tuple(o.shape), o.trainable)
        value = np.random.standard_normal(r.shape).astype("float32")
        r.assign(value)
        o.assign(value)
    return real, ours, np.random.standard_normal(shape).astype("float32")


@pytest.mark.parametrize("case", CASES)
def test_numbers_and_gradients_are_those_of_keras(real_keras, case):
    real, ours, x = pair(real_keras, case)
    wanted, found = real(x), ours(x)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(ours.kernel, real.kernel)
    (wanted**2).mean().backward()
    (found**2).mean().backward()
    for r, o in zip(real.trainable_variables, ours.trainable_variables, strict=True):
        torch.testing.assert_close(o.value.grad, r.value.grad, atol=1e-3, rtol=1e-3)
    assert [bool(v.regularizer) for v in ours.variables] == [bool(v.regularizer) for v in real.variables]
    assert (ours.lora_enabled, ours.lora_rank, ours.lora_alpha) == (True, 3, 1.5)
    assert list(ours.get_config()) == list(real.get_config())


def test_the_frozen_weight_stays_and_the_adapter_learns():
    model = torchkeras_compat.Sequential([layers.Input((6, 6, 2)), layers.Conv2D(4, 3, lora_rank=2), layers.Flatten()])
    layer = model.layers[0]
    frozen = layer._kernel.numpy().copy()
    model.compile(torchkeras_compat.optimizers.Adam(0.01), "mse")
    x, y = np.random.standard_normal((8, 6, 6, 2)), np.random.standard_normal((8, 64))
    losses = model.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and np.array_equal(layer._kernel.numpy(), frozen)
    assert [v.name for v in model.trainable_variables] == ["bias", "lora_kernel_a", "lora_kernel_b"]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_have_adapters_of_their_own(copied):
    layer = layers.Conv1D(3, 2, lora_rank=2)
    layer.build((None, 5, 2))
    layer.lora_kernel_b.assign(np.ones((2, 3)))
    other = copied(layer)
    x = torch.randn(1, 5, 2)
    torch.testing.assert_close(other(x), layer(x))
    other.lora_kernel_b.assign(np.zeros((2, 3)))
    assert not torch.allclose(other(x), layer(x))


def test_files_hold_the_sum_and_go_both_ways(real_keras, tmp_path):
    models = []
    for space in (real_keras, torchkeras_compat):
        model = space.Sequential([space.layers.Input((6, 6, 2)), space.layers.Conv2D(4, 3, lora_rank=2, name="conv")])
        model.layers[0].lora_kernel_b.assign(np.ones((2, 4)))
        models.append(model)
    real, ours = models
    real.save(tmp_path / "real.keras")
    ours.save(tmp_path / "ours.keras")
    x = np.random.standard_normal((2, 6, 6, 2)).astype("float32")
    theirs = real_keras.saving.load_model(tmp_path / "ours.keras")
    loaded = torchkeras_compat.saving.load_model(tmp_path / "real.keras")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), real.predict(x, verbose=0), atol=1e-5)
    np.testing.assert_allclose(theirs.predict(x, verbose=0), ours.predict(x, verbose=0), atol=1e-5)
    assert loaded.layers[0].lora_enabled and not loaded.layers[0].lora_kernel_b.numpy().any()


def test_what_does_not_fit_is_refused():
    layer = layers.Conv2D(4, 3)
    with pytest.raises(ValueError, match="isn't yet built"):
        layer.enable_lora(2)
    with pytest.raises(AttributeError, match="no attribute 'kernel'"):
        _ = layer.kernel
    layer.build((None, 6, 6, 2))
    with pytest.raises(ValueError, match="rank=0"):
        layer.enable_lora(0)
    layer.enable_lora(2)
    with pytest.raises(ValueError, match="already enabled"):
        layer.enable_lora(2)
    with pytest.raises(ValueError, match="rank='two'"):
        layers.Conv2D(4, 3, lora_rank="two")
    constrained = layers.Conv2D(4, 3, kernel_constraint="max_norm")
    constrained.build((None, 6, 6, 2))
    with pytest.raises(ValueError, match="kernel_constraint"):
        constrained.enable_lora(2)


def test_a_convolution_has_no_quantized_form():
    layer = layers.Conv2D(4, 3, lora_rank=2, dtype="int8_from_float32")
    layer.build((None, 6, 6, 2))
    with pytest.raises(NotImplementedError, match="Layer Conv2D does not have a `quantize` method"):
        layer.quantize("int8")
    assert layer(torch.zeros(1, 6, 6, 2)).dtype is torch.float32


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "bfloat16", "float64"])
def test_other_dtypes(dtype):
    layer = layers.Conv2D(4, 3, lora_rank=2, dtype=dtype)
    assert layer(torch.zeros(1, 6, 6, 2)).dtype is (torch.float64 if dtype == "float64" else torch.bfloat16)
