"""GPTQ and AWQ of a model beside real Keras, and through its files."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from tests.models.calibration.architectures import STEPS, TEXTS, CharacterTokenizer, config, pair, samples, transformer
from torchkeras_compat.models.calibration import block_calibration

SETTINGS: dict[str, dict[str, Any]] = {
    "gptq": {"hessian_damping": 0.1},
    "gptq whole rows": {"group_size": -1, "hessian_damping": 0.2},
    "gptq symmetric, 8 bits": {"symmetric": True, "weight_bits": 8, "hessian_damping": 0.1},
    "gptq in order of activations": {"activation_order": True, "group_size": -1, "hessian_damping": 0.1},
    "gptq, one scale": {"per_channel": False, "group_size": -1, "weight_bits": 3, "hessian_damping": 0.1},
    "awq": {"num_grid_points": 8},
    "awq whole rows": {"group_size": -1},
}


@pytest.fixture
def oracle(real_keras: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Keras with two repairs: it sees the inputs of layers, and GPTQ takes the Cholesky factor as in its paper.

    Keras 3.15 watches ``call`` of layers that compute in ``quantized_call``: it calibrates with no inputs at all.
    """
    for kind in (real_keras.layers.Dense, real_keras.layers.EinsumDense):
        monkeypatch.setattr(kind, "quantized_call", _watched(kind.quantized_call))
    gptq = real_keras.src.quantizers.gptq
    quantize_matrix = gptq.gptq_quantize_matrix

    def with_factor(weights: Any, inv_hessian: Any, *, activation_order: bool, order_metric: Any, **rest: Any) -> tuple:
        order = torch.argsort(order_metric, descending=True, stable=True) if activation_order else slice(None)
        factor = torch.linalg.cholesky(inv_hessian.detach()[order][:, order], upper=True)
        values, scale, zero, g_idx = quantize_matrix(weights[:, order], factor, activation_order=False, **rest)
        back = torch.argsort(order) if activation_order else order
        return values[:, back], scale, zero, g_idx[back]

    monkeypatch.setattr(gptq, "gptq_quantize_matrix", with_factor)
    # Its windows start elsewhere in each process: here are those of this one.
    windows = real_keras.src.quantizers.gptq_core.get_dataloader(CharacterTokenizer(), STEPS, TEXTS, 4)
    monkeypatch.setattr(block_calibration, "token_samples", lambda *_: torch.as_tensor(windows[:, 0]))
    return real_keras


def _watched(quantized_call: Any) -> Any:
    def watched(self: Any, inputs: Any, training: Any = None) -> Any:
        watcher = self.__dict__.get("call")
        if watcher is not None and getattr(watcher, "__self__", None) is not self:
            watcher(inputs)
        return quantized_call(self, inputs, training=training)

    return watched


def outputs(model: Any, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return model(x).detach().cpu().numpy()


def quantize_twin(twin: Any, *args: Any, **kwargs: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of each layer that it cannot quantize
        twin.quantize(*args, **kwargs)


@pytest.mark.parametrize("name", SETTINGS)
def test_integers_and_outputs_are_those_of_keras(name: str, oracle: ModuleType) -> None:
    mode, settings = name.partition(",")[0].split(" ")[0], SETTINGS[name]
    model, structure, twin, twin_structure = pair(keras, oracle)
    model.quantize(mode, config=config(keras, mode, structure, **settings))
    quantize_twin(twin, mode, config=config(oracle, mode, twin_structure, **settings))
    for block, other in zip(structure["sequential_blocks"], twin_structure["sequential_blocks"], strict=True):
        for i, (layer, reference) in enumerate(zip(block.quantizable(), other.quantizable(), strict=True)):
            assert layer.dtype_policy.name == reference.dtype_policy.name
            for variable in ("quantized_kernel", "kernel_scale", "kernel_zero"):
                a, b = (np.asarray(getattr(x, variable).numpy()) for x in (layer, reference))
                assert a.shape == b.shape and a.dtype == b.dtype
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=0, err_msg=f"{block.name}, layer {i}: {variable}")
            groups = reference.g_idx.numpy().astype("int32")  # Keras keeps fractions, and cuts them off
            np.testing.assert_array_equal(layer.g_idx.numpy(), groups)
    np.testing.assert_allclose(outputs(model, samples()), outputs(twin, samples()), atol=1e-4)


@pytest.mark.parametrize("mode", ["gptq", "awq"])
def test_layers_outside_of_the_blocks_stay_as_they_are(mode: str) -> None:
    model, structure = transformer(keras)
    before = outputs(model, samples())
    model.quantize(config=config(keras, mode, structure))
    outside = [model.get_layer(name) for name in ("embedding", "shift", "head")]
    assert [layer.dtype_policy.name for layer in outside] == ["float32"] * 3
    inside = [layer for block in structure["sequential_blocks"] for layer in block.quantizable()]
    assert all(getattr(layer, f"is_{mode}_calibrated") for layer in inside)
    assert 0 < np.abs(outputs(model, samples()) - before).max() < 0.5 * np.abs(before).max()


def blocks_of_models(keras: Any) -> tuple[Any, dict[str, list]]:
    """Return a model whose blocks are models, which files describe in full."""
    layers = keras.layers
    parts = [("abc,cd->abd", (STEPS, 12)), ("abc,cde->abde", (STEPS, 2, 6))]
    blocks = [
        keras.Sequential(
            [
                layers.Input((STEPS, 12)),
                layers.Dense(9, "relu"),
                layers.EinsumDense(*part, bias_axes="d" if i == 0 else "de"),
                layers.Reshape((STEPS, 12)),
            ]
        )
        for i, part in enumerate(parts)
    ]
    embedding = layers.Embedding(30, 12)
    model = keras.Sequential([layers.Input((STEPS,), dtype="int32"), embedding, *blocks, layers.Dense(3, name="head")])
    return model, {"pre_block_layers": [embedding], "sequential_blocks": blocks}


@pytest.mark.parametrize("mode", ["gptq", "awq"])
def test_files_load_here_and_in_keras(mode: str, real_keras: ModuleType, tmp_path: Path) -> None:
    model, structure = blocks_of_models(keras)
    model.quantize(config=config(keras, mode, structure, group_size=4))
    expected = outputs(model, samples())
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "model.weights.h5")
    for made, tolerance in ((keras, 1e-6), (real_keras, 1e-5)):
        again = made.models.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(outputs(again, samples()), expected, rtol=tolerance, atol=tolerance)
        again.set_weights([np.zeros_like(w) for w in again.get_weights()])
        again.load_weights(tmp_path / "model.weights.h5")
        np.testing.assert_allclose(outputs(again, samples()), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("mode", ["gptq", "awq"])
def test_files_of_keras_have_no_zero_points_and_are_refused(mode: str, real_keras: ModuleType, tmp_path: Path) -> None:
    twin, structure = blocks_of_models(real_keras)
    settings = config(real_keras, mode, structure)
    quantize_twin(twin, mode, config=settings, filters=lambda x: x.name != "head")
    settings.quantization_layer_structure = None  # Keras would write the layers into the config of each of them
    twin.save(tmp_path / "model.keras")
    for made in (keras, real_keras):
        with pytest.raises(ValueError, match=r"expected \d variables.* received \d variables"):
            made.models.load_model(tmp_path / "model.keras")


@pytest.mark.parametrize("mode", ["gptq", "awq"])
def test_weights_load_into_layers_that_were_not_calibrated(mode: str, tmp_path: Path) -> None:
    model, structure = transformer(keras)
    model.quantize(config=config(keras, mode, structure))
    model.save_weights(tmp_path / "model.weights.h5")
    again, structure = transformer(keras)
    for layer in (layer for block in structure["sequential_blocks"] for layer in block.quantizable()):
        layer.quantize(config=config(keras, mode, None))
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(outputs(again, samples()), outputs(model, samples()), rtol=1e-6, atol=1e-6)
