"""`layer.quantize` to int8 and int4 beside real Keras."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.layers.adaptation.kinds import KERNELS, KINDS, MODES, TABLES, outputs, pair, stored
from torchkeras_compat import Sequential, layers, quantizers


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", KINDS)
def test_weights_and_outputs_are_those_of_keras(kind: str, mode: str, real_keras: ModuleType) -> None:
    layer, twin, x = pair(kind, layers, real_keras.layers)
    before = outputs(layer, x)
    layer.quantize(config=MODES[mode](quantizers))
    error = np.abs(outputs(layer, x) - before).max()
    assert 0 < error < (0.6 if mode == "int4 in groups" else 0.25) * np.abs(before).max()
    twin.quantize(config=MODES[mode](real_keras.quantizers))
    assert layer.dtype_policy.name == twin.dtype_policy.name
    mine, theirs = stored(layer), stored(twin)
    assert mine.keys() == theirs.keys()
    for key in mine:
        assert mine[key].shape == theirs[key].shape
        np.testing.assert_allclose(mine[key], theirs[key], rtol=1e-6, err_msg=key)
    np.testing.assert_allclose(outputs(layer, x), outputs(twin, x), rtol=1e-5, atol=1e-5)
    if "reversible" in kind:
        vectors = np.random.default_rng(3).normal(size=(3, layer.output_dim)).astype("float32")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras transposes scales in a way that torch deprecates
            expected = twin(vectors, reverse=True).detach().numpy()
        np.testing.assert_allclose(layer(vectors, reverse=True).detach().numpy(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mode", ["int8", "int4 in groups", "int4 in channels"])
@pytest.mark.parametrize("kind", KINDS)
def test_files_and_configs_go_both_ways(kind: str, mode: str, real_keras: ModuleType, tmp_path: Any) -> None:
    x = KINDS[kind][2]
    layer, twin, _ = pair(kind, layers, real_keras.layers)
    dtype = "int32" if kind in TABLES else "float32"

    def model_of(K: Any, layer: Any) -> Any:
        inputs = K.layers.Input(x.shape[1:], dtype=dtype)
        return K.models.Model(inputs, layer(inputs))

    mine, theirs = model_of(ours, layer), model_of(real_keras, twin)
    mine.quantize(config=MODES[mode](quantizers))
    twin.quantize(config=MODES[mode](real_keras.quantizers))
    expected = outputs(mine, x)
    mine.save(tmp_path / "mine.keras")
    theirs.save(tmp_path / "theirs.keras")
    for model in (
        ours.models.load_model(tmp_path / "mine.keras"),
        ours.models.load_model(tmp_path / "theirs.keras"),
        real_keras.models.load_model(tmp_path / "mine.keras"),
    ):
        np.testing.assert_allclose(outputs(model, x), expected, rtol=1e-5, atol=1e-5)
        assert model.layers[-1].quantization_config.get_config() == layer.quantization_config.get_config()
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    for v in layer.weights:
        v.assign(torch.zeros(v.shape))
    mine.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(outputs(mine, x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("policy", ["int8_from_float32", "int4/4_from_float32", "int4_from_mixed_bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_quantized_policy_quantizes_when_the_layer_is_built(kind: str, policy: str, real_keras: ModuleType) -> None:
    make, shape, x = KINDS[kind]

    def built(space: Any, policies: Any) -> Any:
        layer = make(space)
        layer.dtype_policy = policies.get(policy)
        layer.build(shape)
        return layer

    layer, twin = built(layers, ours.dtype_policies), built(real_keras.layers, real_keras.dtype_policies)
    assert layer.dtype_policy.name == policy
    assert [(v.name, v.shape, v.dtype) for v in layer.weights if "reverse_embeddings_zero" != v.name] == [
        (v.name, tuple(v.shape), str(v.dtype).removeprefix("torch."))
        for v in twin.weights
        if "reverse_embeddings_zero" != v.name  # Keras has it in float32
    ]
    y = layer(x)
    assert y.dtype is (torch.bfloat16 if "bfloat16" in policy else torch.float32)
    assert y.isfinite().all()


def test_setting_a_quantized_policy_quantizes_a_built_layer() -> None:
    layer = layers.Dense(6)
    layer.build((None, 8))
    layer.dtype_policy = "int4/4_from_float32"
    assert layer.kernel_scale.shape == (2, 6) and layer.quantization_config.block_size == 4
    layer = layers.Dense(6)
    layer.build((None, 8))
    with pytest.raises(ValueError, match="Implicitly enabling GPTQ .*='gptq/4/8_from_float32'.*GPTQConfig"):
        layer.dtype_policy = "gptq/4/8_from_float32"
    assert layer.quantization_mode is None


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [*KERNELS, *TABLES])
def test_a_quantized_layer_is_a_torch_module_like_any(kind: str, mode: str) -> None:
    make, shape, x = KINDS[kind]
    layer = make(layers)
    layer.build(shape)
    layer.quantize(config=MODES[mode](quantizers))
    expected = outputs(layer, x)
    assert [name for name, _ in layer.named_parameters() if "bias" not in name] == []
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(outputs(other, x), expected)
        assert all(v.parameters[0] is not w.parameters[0] for v, w in zip(layer.weights, other.weights, strict=True))
    file = io.BytesIO()
    torch.save(layer.state_dict(), file)
    twin = make(layers)
    twin.build(shape)
    twin.quantize(config=MODES[mode](quantizers))
    file.seek(0)
    twin.load_state_dict(torch.load(file, weights_only=True))
    np.testing.assert_array_equal(outputs(twin, x), expected)
    layer.to(torch.float64)
    assert layer.dtype_policy.name.endswith("_from_float64") and layer.quantization_mode == mode[:4]
    if kind not in TABLES:
        assert layer(x.astype("float64")).dtype is torch.float64


def test_errors_come_before_anything_changes() -> None:
    layer = layers.Dense(6)
    with pytest.raises(ValueError, match="Cannot quantize a layer that isn't yet built. Layer 'dense'"):
        layer.quantize("int8")
    layer.build((None, 8))
    with pytest.raises(ValueError, match="Invalid quantization mode. Expected one of .*'int7'"):
        layer.quantize("int7")
    with pytest.raises(ValueError, match="must give a scale of shape .1, 6.*one of .8, 1."):
        layer.quantize(config=quantizers.Int8QuantizationConfig(quantizers.AbsMaxQuantizer(axis=1)))
    with pytest.raises(ValueError, match="Contradictory"):
        layer.quantize("int4", config=quantizers.Int8QuantizationConfig())
    assert layer.dtype_policy.name == "float32" and layer.kernel.dtype == "float32"
    assert layer.quantization_config is None and type(layer.linear) is torch.nn.Linear
    layer.quantize("int8")
    with pytest.raises(ValueError, match="already quantized with dtype_policy='int8_from_float32'.*mode=int4"):
        layer.quantize("int4")
    embedding = layers.Embedding(4, 3)
    embedding.build()
    with pytest.raises(NotImplementedError, match="Expected one of .'int8', 'int4'.*quantization_mode=float8"):
        embedding.quantize("float8")
    half = layers.Dense(2, dtype="mixed_float16")
    half.build((None, 8))
    with pytest.raises(ValueError, match="compute_dtype='float16'. Use bfloat16"):
        half.quantize("int8")


def test_a_subclass_is_quantized_only_if_asked_to() -> None:
    class MyDense(layers.Dense):
        pass

    layer = MyDense(3)
    layer.build((None, 8))
    with pytest.raises(NotImplementedError, match="MyDense .*type_check=False"):
        layer.quantize("int8")
    layer.quantize("int8", type_check=False)
    assert layer.quantization_mode == "int8"


def test_training_moves_the_bias_and_not_the_integers() -> None:
    model = Sequential([layers.Input((8,)), layers.Dense(4, "relu"), layers.Dense(1)])
    model.quantize("int8")
    before = [v.numpy() for v in model.weights]
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(16, 8))
    model.fit(x, x[:, :1], verbose=0)
    for v, old in zip(model.weights, before, strict=True):
        assert (v.numpy() == old).all() == (v.name != "bias"), v.path


def test_quantized_layers_compile() -> None:
    layer = layers.Dense(4)
    layer.build((None, 8))
    layer.quantize("int8")
    x = torch.randn(3, 8)
    torch.testing.assert_close(torch.compile(layer, backend="eager", fullgraph=True)(x), layer(x))
