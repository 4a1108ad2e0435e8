"""Activation layers beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, layers

CASES: list[tuple[str, dict[str, Any]]] = [
    ("ReLU", {}),
    ("ReLU", {"max_value": 6}),
    ("ReLU", {"max_value": 0.8}),
    ("ReLU", {"negative_slope": 0.2}),
    ("ReLU", {"threshold": 0.5}),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.3}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.1}),
    ("ELU", {}),
    ("ELU", {"alpha": 0.5}),
    ("PReLU", {"alpha_initializer": "ones"}),
    ("PReLU", {"alpha_initializer": "he_normal", "shared_axes": [1]}),
    ("PReLU", {"alpha_initializer": "he_normal", "shared_axes": [2]}),
    ("PReLU", {"alpha_initializer": "ones", "shared_axes": [1, 2], "alpha_regularizer": "l2"}),
    ("Softmax", {}),
    ("Softmax", {"axis": 1}),
    ("Softmax", {"axis": (1, 2)}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_outputs_gradients_and_configs_are_those_of_keras(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    x = np.random.RandomState(0).normal(size=(2, 3, 4)).astype("float32")
    mine, other = (torch.tensor(x, requires_grad=True) for _ in range(2))
    layer, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    theirs(other)
    layer(mine)
    layer.set_weights([np.array(w) for w in theirs.get_weights()])
    found, expected = layer(mine), theirs(other)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(mine.grad, other.grad)
    assert [w.shape for w in layer.weights] == [tuple(w.shape) for w in theirs.weights]
    assert layer(Input((3, 4))).shape == (None, 3, 4)
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert set(layer.get_config()) == set(theirs.get_config())


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        (lambda: layers.ReLU(), nn.ReLU),
        (lambda: layers.ReLU(6), nn.ReLU6),
        (lambda: layers.ReLU(0.5), nn.Hardtanh),
        (lambda: layers.ReLU(negative_slope=0.1), nn.LeakyReLU),
        (lambda: layers.ReLU(threshold=0.1), nn.Threshold),
        (lambda: layers.LeakyReLU(), nn.LeakyReLU),
        (lambda: layers.ELU(), nn.ELU),
    ],
)
def test_it_computes_through_the_torch_module(layer: Any, module: type[nn.Module]) -> None:
    made = layer()
    runs: list[int] = []
    assert type(made.activation) is module
    made.activation.register_forward_hook(lambda *args: runs.append(1))
    made(torch.zeros(2, 3))
    assert runs == [1]


def test_softmax_leaves_out_what_is_masked(real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(2, 4)).astype("float32")
    mask = np.array([[True, True, False, False], [True, False, True, True]])
    found = layers.Softmax()(x, mask=mask)
    torch.testing.assert_close(found, real_keras.layers.Softmax()(x, mask=mask))
    assert found[0, 2:].tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"\(2, 4\).*\(3,\)"):
        layers.Softmax()(x, mask=np.ones(3, bool))
    with pytest.raises(ValueError, match="more dimensions"):
        layers.Softmax()(x, mask=np.ones((1, 2, 4), bool))


def test_softmax_is_zero_where_everything_is_masked(real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(2, 3, 4)).astype("float32")
    mask = np.array([[True] * 4, [False] * 4, [True, False, True, True]])
    for axis in (-1, 1, (1, 2)):
        found = layers.Softmax(axis)(x, mask=mask)
        torch.testing.assert_close(found, real_keras.layers.Softmax(axis)(x, mask=mask))


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_mixed_precision_computes_in_the_compute_dtype(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    x = np.random.RandomState(0).normal(size=(2, 3, 4)).astype("float32")
    found = getattr(layers, name)(**arguments, dtype="mixed_bfloat16")(x)
    assert found.dtype is torch.bfloat16
    if "he_normal" not in arguments.values():
        expected = getattr(real_keras.layers, name)(**arguments, dtype="mixed_bfloat16")(x)
        torch.testing.assert_close(found, expected, rtol=2e-2, atol=2e-2)


def test_the_slope_of_prelu_is_the_weight_of_the_torch_module() -> None:
    layer = layers.PReLU(shared_axes=[1, 2])
    layer.build((None, 5, 5, 3))
    assert isinstance(layer.prelu, nn.PReLU) and layer.alpha.shape == (1, 1, 3)
    layer.alpha.assign(np.array([[[1.0, 2.0, 3.0]]]))
    assert layer.prelu.weight.tolist() == [1.0, 2.0, 3.0]
    assert layer(-torch.ones(1, 5, 5, 3))[0, 0, 0].tolist() == [-1.0, -2.0, -3.0]
    assert layers.PReLU()(Input((4,))).shape == (None, 4)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ReLU", {"max_value": -1.0}),
        ("ReLU", {"negative_slope": -1.0}),
        ("ReLU", {"threshold": -1.0}),
        ("ReLU", {"negative_slope": None}),
        ("LeakyReLU", {"negative_slope": -1.0}),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        getattr(layers, name)(**arguments)


def test_prelu_needs_the_sizes_that_it_does_not_share() -> None:
    with pytest.raises(ValueError, match="shared_axes"):
        layers.PReLU()(Input((None, 3)))
    assert layers.PReLU(shared_axes=[1])(Input((None, 3))).shape == (None, None, 3)
