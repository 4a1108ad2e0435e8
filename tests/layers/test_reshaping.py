"""All reshaping layers beside real Keras."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers

CASES: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("Flatten", {}, (2, 3, 4)),
    ("Flatten", {}, (2,)),
    ("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
    ("Reshape", {"target_shape": (4, 3)}, (2, 3, 4)),
    ("Reshape", {"target_shape": (-1, 2)}, (2, 3, 4)),
    ("Reshape", {"target_shape": ()}, (2, 1)),
    ("Permute", {"dims": (2, 1)}, (2, 3, 4)),
    ("Permute", {"dims": (3, 1, 2)}, (2, 3, 4, 5)),
    ("RepeatVector", {"n": 3}, (2, 4)),
    ("UpSampling1D", {"size": 3}, (2, 3, 4)),
    ("UpSampling2D", {"size": (2, 3)}, (2, 3, 4, 5)),
    ("UpSampling2D", {"size": 2, "data_format": "channels_first"}, (2, 3, 4, 5)),
    ("UpSampling2D", {"interpolation": "bilinear"}, (2, 3, 4, 5)),
    ("UpSampling2D", {"interpolation": "bicubic"}, (2, 5, 6, 3)),
    ("UpSampling3D", {"size": (2, 1, 2)}, (2, 3, 4, 2, 3)),
    ("UpSampling3D", {"data_format": "channels_first"}, (2, 3, 4, 2, 3)),
    ("ZeroPadding1D", {"padding": 2}, (2, 3, 4)),
    ("ZeroPadding1D", {"padding": (1, 0), "data_format": "channels_first"}, (2, 3, 4)),
    ("ZeroPadding2D", {"padding": 1}, (2, 3, 4, 5)),
    ("ZeroPadding2D", {"padding": (1, 2)}, (2, 3, 4, 5)),
    ("ZeroPadding2D", {"padding": ((1, 0), (2, 3)), "data_format": "channels_first"}, (2, 3, 4, 5)),
    ("ZeroPadding3D", {"padding": ((1, 0), (2, 3), (0, 1))}, (2, 3, 4, 2, 3)),
    ("Cropping1D", {"cropping": (1, 2)}, (2, 6, 4)),
    ("Cropping2D", {"cropping": ((1, 0), (2, 1))}, (2, 4, 5, 3)),
    ("Cropping2D", {"cropping": 1, "data_format": "channels_first"}, (2, 4, 5, 3)),
    ("Cropping3D", {"cropping": (1, 0, 1)}, (2, 4, 5, 3, 2)),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), CASES)
def test_outputs_gradients_shapes_and_configs_are_those_of_keras(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], real_keras: ModuleType
) -> None:
    x = np.random.RandomState(0).normal(size=shape).astype("float32")
    mine, other = (torch.tensor(x, requires_grad=True) for _ in range(2))
    layer, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    found, expected = layer(mine), theirs(other)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(mine.grad, other.grad, rtol=1e-4, atol=1e-4)
    assert layer.compute_output_shape(shape) == tuple(found.shape)
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *found.shape[1:])
    if len(shape) > 1:
        assert layer(Input(shape[1:])).shape == (None, *found.shape[1:])
    config, wanted = layer.get_config(), theirs.get_config()
    for key in ("name", "dtype"):
        config.pop(key), wanted.pop(key)
    assert config == wanted
    again = type(layer).from_config(layer.get_config())
    torch.testing.assert_close(again(mine), found)
    torch.testing.assert_close(copy.deepcopy(layer)(mine), found)


@pytest.mark.parametrize("name", ["UpSampling2D", "ZeroPadding2D", "Cropping2D", "Flatten", "Permute"])
def test_integers_stay_integers(name: str) -> None:
    layer = layers.Permute((1, 3, 2)) if name == "Permute" else getattr(layers, name)()
    assert layer(torch.ones(1, 3, 3, 1, dtype=torch.int32)).dtype == torch.int32


def test_sizes_may_be_unknown() -> None:
    inputs = Input((None, 4))
    assert layers.Reshape((-1, 2))(inputs).shape == (None, None, 2)
    assert layers.Flatten()(inputs).shape == (None, None)
    assert layers.ZeroPadding1D(1)(inputs).shape == (None, None, 4)
    assert layers.UpSampling1D(2)(inputs).shape == (None, None, 4)
    model = Model(inputs, layers.Cropping1D(1)(inputs))
    assert model(torch.zeros(2, 5, 4)).shape == (2, 3, 4)
