"""`layer.quantize` to int8 and int4 beside real Keras."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.layers.adaptation.kinds import KINDS, pair, stored
from torchkeras_compat import layers, quantizers

MODES = {
    "int8": lambda q: q.Int8QuantizationConfig(),
    "int8 weights only": lambda q: q.Int8QuantizationConfig(activation_quantizer=None),
    "int4": lambda q: q.Int4QuantizationConfig(),
    "int4 in groups": lambda q: q.Int4QuantizationConfig(block_size=4),
    "int4 in channels": lambda q: q.Int4QuantizationConfig(block_size=-1),
    "int4 with inputs": lambda q: q.Int4QuantizationConfig(
        activation_quantizer=q.AbsMaxQuantizer(axis=-1), block_size=None
    ),
}


def outputs(layer: Any, x: Any) -> np.ndarray:
    return layer(x).detach().cpu().float().numpy()


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


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("equation", "plain", "shape"),
    [("...b,bc->...c", "adb,bc->adc", (2, 4, 7)), ("ab...,bc->ac...", "abd,bc->acd", (2, 7, 4))],
)
def test_an_ellipsis_stands_for_axes(equation: str, plain: str, shape: tuple, mode: str) -> None:
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    sizes = {"...b,bc->...c": ((5,), (4, 5)), "ab...,bc->ac...": ((5,), (5, 4))}[equation]
    made = [layers.EinsumDense(e, s) for e, s in zip((equation, plain), sizes, strict=True)]
    for layer in made:
        layer.build(shape)
        layer.kernel.assign(np.random.default_rng(2).normal(size=(7, 5)))
        layer.quantize(config=MODES[mode](quantizers))
    np.testing.assert_allclose(outputs(made[0], x), outputs(made[1], x), rtol=1e-6, atol=1e-6)
    assert [v.shape for v in made[0].weights] == [v.shape for v in made[1].weights]
