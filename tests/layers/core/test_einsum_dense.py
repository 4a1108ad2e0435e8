"""`EinsumDense` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import Input, Model, layers
from torchkeras_compat.layers.core.einsum_dense import einsum_shapes

# equation, output_shape, bias_axes, input shape
CASES: list[tuple[str, Any, str | None, tuple[int, ...]]] = [
    ("ab,bc->ac", 6, None, (2, 5)),
    ("ab,bc->ac", (6,), "c", (2, 5)),
    ("ab,b->a", (), None, (2, 5)),
    ("abc,cde->abde", (None, 3, 4), "e", (2, 7, 2)),
    ("abc,cde->abde", (7, 3, 4), "d", (2, 7, 2)),
    ("abc,cde->abde", (7, 3, 4), "be", (2, 7, 2)),
    ("BFNH,NHD->BFD", (1, 4), "D", (2, 1, 2, 3)),
    ("i,d->id", (2,), None, (2,)),
    ("ibd,nd->ibn", (2, 2), None, (2, 2, 1)),
    ("...b,bc->...c", (6,), "c", (2, 3, 5)),
    ("...bc,bc->...b", (4,), None, (2, 4, 5)),
    ("...c,cde->...de", (3, 4), "de", (2, 1, 2)),
    ("bc...,cd->bd...", (4,), None, (2, 1, 2, 3)),
    ("bc...,cde->bde...", (3, 4), "d", (2, 1, 2)),
    ("bc...,cde->bde...", (3, 4), "de", (2, 1, 2, 5)),
]


@pytest.mark.parametrize(("equation", "output_shape", "bias_axes", "shape"), CASES)
def test_outputs_shapes_and_configs_are_those_of_keras(
    equation: str, output_shape: Any, bias_axes: str | None, shape: tuple[int, ...], real_keras: ModuleType
) -> None:
    arguments = {"bias_axes": bias_axes, "bias_initializer": "ones", "activation": "tanh", "name": "same"}
    layer = layers.EinsumDense(equation, output_shape, **arguments)
    twin = real_keras.layers.EinsumDense(equation, output_shape, **arguments)
    layer.build(shape)
    twin.build(shape)
    assert [v.shape for v in layer.weights] == [tuple(v.shape) for v in twin.weights]
    twin.set_weights(layer.get_weights())
    x = np.random.RandomState(0).normal(size=shape).astype("float32")
    found, expected = layer(x), twin(x)
    torch.testing.assert_close(found, expected)
    assert layer.compute_output_shape(shape) == tuple(found.shape)
    config = layer.get_config()
    theirs = twin.get_config()
    assert config == {key: theirs[key] for key in config}
    assert layers.EinsumDense.from_config(config).get_config() == config


def test_gradients_are_those_of_keras(real_keras: ModuleType) -> None:
    layer = layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d")
    twin = real_keras.layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d")
    x = np.random.RandomState(0).normal(size=(2, 5, 4)).astype("float32")
    layer(x), twin(x)
    twin.set_weights(layer.get_weights())
    layer(x).square().sum().backward()
    twin(x).square().sum().backward()
    for ours, theirs in zip(layer.weights, twin.weights, strict=True):
        torch.testing.assert_close(ours.parameters[0].grad, theirs.value.grad, rtol=1e-4, atol=1e-5)


def test_unknown_sizes_and_mixed_precision() -> None:
    x = Input((None, 4))
    y = layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d", dtype="mixed_bfloat16")(x)
    assert y.shape == (None, None, 3) and y.dtype == "bfloat16"
    for steps in (2, 5):
        outputs = Model(x, y)(torch.zeros(3, steps, 4))
        assert outputs.shape == (3, steps, 3) and outputs.dtype is torch.bfloat16


def test_spaces_in_the_equation_do_not_count() -> None:
    assert layers.EinsumDense("ab, bc -> ac", 3)(torch.zeros(2, 4)).shape == (2, 3)


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape", "message"),
    [
        ("ab,bc", (4,), None, (2, 3), "Invalid einsum equation 'ab,bc'"),
        ("ab->ac", (4,), None, (2, 3), "Invalid einsum equation"),
        ("...ab,bc->ac...", (4,), None, (2, 3), "Invalid einsum equation"),
        ("ab,cd->ac", (4,), None, (2, 3), "'d' did not have a match"),
        ("ab,bc->a", (), None, (2, 3), "'c' did not have a match"),
        ("abc,cd->abd", (7, 4), None, (2, 3, 4), "shared dimension 'b'"),
        ("ab,bc->zc", (4,), None, (2, 3), "'z' was specified in the output"),
        ("ab,bc->ac", (4,), "z", (2, 3), "Bias dimension 'z'"),
        ("ab,bc->ac", (4,), None, (2, 3, 4), r"names 2 axes of the inputs.*\(2, 3, 4\)"),
        ("ab,bc->ac", (4, 5), None, (2, 3), r"output_shape=\(4, 5\)"),
        ("ab,bc->ac", (4,), None, (2, None), "every size of its kernel"),
        ("ab,bc->ac", (4,), "a", (None, 3), "every size of its bias"),
    ],
)
def test_equations_that_do_not_fit_are_refused(
    equation: str, output_shape: Any, bias_axes: str | None, shape: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        layers.EinsumDense(equation, output_shape, bias_axes=bias_axes).build(shape)


def test_shapes_of_unknown_sizes() -> None:
    assert einsum_shapes("...b,bc->...c", None, (None, None, 3), (4,)) == ((3, 4), None, (None, None, 4))


@pytest.mark.parametrize("initializer", ["lecun_normal", "glorot_uniform", "he_normal"])
@pytest.mark.parametrize(
    ("equation", "output_shape", "shape"),
    [
        ("abc,cde->abde", (None, 8, 40), (None, 10, 32)),
        ("abde,dec->abc", (None, 32), (None, 10, 8, 40)),
        ("abc,bde->acde", (None, 60, 5), (None, 30, 40)),
        ("abc,bcd->abd", (30, 64), (None, 30, 32)),
        ("...x,xy->...y", 90, (None, 10, 80)),
    ],
)
def test_the_spread_of_the_kernel_follows_from_the_equation(
    real_keras: ModuleType, equation: str, output_shape: Any, shape: Any, initializer: str
) -> None:
    spreads = []
    for keras in (torchkeras_compat, real_keras):
        layer = keras.layers.EinsumDense(equation, output_shape, kernel_initializer=initializer)
        layer.build(shape)
        spreads.append(np.std(layer.get_weights()[0]))
        assert layer.get_config()["kernel_initializer"]["config"]["input_axes"] is None
    assert spreads[0] == pytest.approx(spreads[1], rel=0.06)
