"""All layers that are random while training: what they leave alone, their statistics, seeds and masks."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import pytest
import torch

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


def test_masks_pass() -> None:
    x = torch.ones(1, 2, 3)
    x._keras_mask = torch.tensor([[True, False]])
    for layer in (layers.Dropout(0.5), layers.GaussianNoise(0.1), layers.SpatialDropout1D(0.1)):
        assert layer(x, training=True)._keras_mask is x._keras_mask


@pytest.mark.parametrize("kind", ["Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout", "GaussianNoise"])
@pytest.mark.parametrize("seed", [None, 1])
def test_a_rate_that_is_assigned_is_that_of_a_layer_made_with_it(kind: str, seed: int | None) -> None:
    name = "stddev" if kind == "GaussianNoise" else "rate"
    x = torch.ones(2, 50, 40)
    for before, after in ((0.5, 0.1), (0.5, 0.0), (0.0, 0.3)):
        layer = getattr(layers, kind)(before, seed=seed)
        layer(x)
        setattr(layer, name, after)
        found = []
        for candidate in (layer, getattr(layers, kind)(after, seed=seed)):
            torch.manual_seed(0)
            found.append(candidate(x, training=True))
        assert torch.equal(*found)
        assert layer.get_config()[name] == after


@pytest.mark.parametrize("kind", ["Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout", "GaussianNoise"])
def test_a_rate_out_of_range_is_refused_and_the_former_one_stays(kind: str) -> None:
    name = "stddev" if kind == "GaussianNoise" else "rate"
    layer = getattr(layers, kind)(0.5)
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}=2"):
        setattr(layer, name, 2)
    assert getattr(layer, name) == 0.5
