"""Layers that are random while training: what they leave alone, their statistics, seeds and masks."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, layers

CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("Dropout", {"rate": 0.4}, (200, 50)),
    ("Dropout", {"rate": 0.4, "noise_shape": (None, 1)}, (2000, 5)),
    ("GaussianDropout", {"rate": 0.4}, (200, 50)),
    ("GaussianNoise", {"stddev": 0.4}, (200, 50)),
    ("AlphaDropout", {"rate": 0.4}, (200, 50)),
    ("AlphaDropout", {"rate": 0.4, "noise_shape": (None, 1)}, (2000, 5)),
    ("SpatialDropout1D", {"rate": 0.4}, (100, 4, 50)),
    ("SpatialDropout2D", {"rate": 0.4}, (100, 2, 2, 50)),
    ("SpatialDropout2D", {"rate": 0.4, "data_format": "channels_first"}, (100, 50, 2, 2)),
    ("SpatialDropout3D", {"rate": 0.4}, (100, 2, 1, 2, 50)),
]


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_mean_and_variance_are_those_of_the_definition(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], seed: int | None
) -> None:
    layer = getattr(layers, name)(**arguments, seed=seed)
    if name == "AlphaDropout":  # keeps the statistics of normal inputs
        x = torch.randn(shape)
        y = layer(x, training=True)
        assert abs(float(y.mean())) < 0.12 and abs(float(y.var()) - 1) < 0.12
    else:
        x = torch.ones(shape)
        y = layer(x, training=True)
        variance = 0.4**2 if name == "GaussianNoise" else 0.4 / 0.6
        assert abs(float(y.mean()) - 1) < 0.08 and abs(float(y.var()) - variance) < 0.08
    assert not torch.equal(layer(x, training=True), y)
    assert torch.equal(layer(x, training=False), x) and torch.equal(layer(x), x)


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_a_seed_gives_the_same_stream(name: str, arguments: dict[str, Any], shape: tuple[int, ...]) -> None:
    first, second = (getattr(layers, name)(**arguments, seed=7) for _ in range(2))
    x = torch.randn(shape)
    outputs = [first(x, training=True) for _ in range(3)]
    torch.manual_seed(99)  # a stream of its own does not care
    for expected in outputs:
        assert torch.equal(second(x, training=True), expected)


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_the_global_generator_rules_without_a_seed(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...]
) -> None:
    layer, x = getattr(layers, name)(**arguments), torch.randn(shape)
    torch.manual_seed(1)
    first = layer(x, training=True)
    torch.manual_seed(1)
    assert torch.equal(layer(x, training=True), first)


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_configs_copies_and_shapes(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], real_keras: ModuleType
) -> None:
    layer, theirs = (getattr(space, name)(**arguments, name="same") for space in (layers, real_keras.layers))
    assert layer.get_config() == theirs.get_config()
    assert type(theirs).from_config(layer.get_config()).get_config() == theirs.get_config()
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()
    assert copy.deepcopy(layer)(torch.ones(shape), training=True).shape == shape
    assert layer(Input(shape[1:]), training=True).shape == (None, *shape[1:])
    assert [v.name for v in layer.variables] == [v.name for v in theirs.variables]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("Dropout", nn.Dropout),
        ("AlphaDropout", nn.AlphaDropout),
        ("SpatialDropout1D", nn.Dropout1d),
        ("SpatialDropout2D", nn.Dropout2d),
        ("SpatialDropout3D", nn.Dropout3d),
    ],
)
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module]) -> None:
    layer = getattr(layers, name)(0.5)
    runs: list[int] = []
    assert isinstance(layer.dropout, module)
    layer.dropout.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.ones((2, *(3,) * (int(name[-2]) if name[-1] == "D" else 0), 4)), training=True)
    assert runs == [1]


def test_whole_channels_are_dropped() -> None:
    y = layers.SpatialDropout2D(0.5)(torch.ones(20, 3, 3, 8), training=True)
    assert torch.equal(y.amin((1, 2)), y.amax((1, 2)))


def test_masks_pass() -> None:
    x = torch.ones(1, 2, 3)
    x._keras_mask = torch.tensor([[True, False]])
    for layer in (layers.Dropout(0.5), layers.GaussianNoise(0.1), layers.SpatialDropout1D(0.1)):
        assert layer(x, training=True)._keras_mask is x._keras_mask


def test_activity_regularization_adds_its_penalty(real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(4, 3)).astype("float32")
    ours, theirs = layers.ActivityRegularization(0.1, 0.2), real_keras.layers.ActivityRegularization(0.1, 0.2)
    assert torch.equal(ours(x), torch.tensor(x))
    theirs(x)
    torch.testing.assert_close(ours.losses[0], theirs.losses[0])
    assert ours.get_config()["l1"] == 0.1 and "activity_regularizer" not in ours.get_config()


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Dropout", {"rate": 1.5}, "rate=1.5"),
        ("Dropout", {"rate": True}, "rate"),
        ("Dropout", {"rate": 0.5, "noise_shape": (2, 0)}, "noise_shape"),
        ("GaussianDropout", {"rate": -0.1}, "rate"),
        ("GaussianNoise", {"stddev": -0.1}, "stddev"),
        ("AlphaDropout", {"rate": 2}, "rate"),
        ("SpatialDropout2D", {"rate": 2}, "rate"),
        ("SpatialDropout2D", {"rate": 0.5, "data_format": "last"}, "last"),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**arguments)


@pytest.mark.parametrize("name", ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"])
def test_the_policy_of_spatial_dropout_comes_back(name: str) -> None:
    layer = getattr(layers, name)(0.5, dtype="mixed_bfloat16")
    assert type(layer).from_config(layer.get_config()).compute_dtype == "bfloat16"
