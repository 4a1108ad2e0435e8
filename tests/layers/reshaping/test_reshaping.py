"""Reshaping layers beside real Keras."""

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


def test_flatten_after_a_convolution_copies_nothing() -> None:
    x = layers.Conv2D(4, 3)(torch.randn(2, 6, 6, 3))
    assert layers.Flatten()(x).data_ptr() == x.data_ptr()


def test_sizes_may_be_unknown() -> None:
    inputs = Input((None, 4))
    assert layers.Reshape((-1, 2))(inputs).shape == (None, None, 2)
    assert layers.Flatten()(inputs).shape == (None, None)
    assert layers.ZeroPadding1D(1)(inputs).shape == (None, None, 4)
    assert layers.UpSampling1D(2)(inputs).shape == (None, None, 4)
    model = Model(inputs, layers.Cropping1D(1)(inputs))
    assert model(torch.zeros(2, 5, 4)).shape == (2, 3, 4)


@pytest.mark.parametrize(
    ("name", "arguments", "error", "message"),
    [
        ("Reshape", {"target_shape": (-1, -1)}, ValueError, r"\(-1, -1\)"),
        ("Reshape", {"target_shape": (-2, 1)}, ValueError, r"\(-2, 1\)"),
        ("Permute", {"dims": (0, 1)}, ValueError, r"\(0, 1\)"),
        ("Permute", {"dims": (1, 1)}, ValueError, r"\(1, 1\)"),
        ("RepeatVector", {"n": 0}, ValueError, "n=0"),
        ("RepeatVector", {"n": 2.5}, TypeError, "integer"),
        ("UpSampling1D", {"size": 0}, ValueError, "size=0"),
        ("UpSampling2D", {"interpolation": "cubic"}, ValueError, "cubic"),
        ("ZeroPadding1D", {"padding": (1, 2, 3)}, ValueError, r"\(1, 2, 3\)"),
        ("ZeroPadding2D", {"padding": -1}, ValueError, "-1"),
        ("Cropping2D", {"cropping": ((1, 2, 3), (1, 2))}, ValueError, "cropping"),
        ("Flatten", {"data_format": "x"}, ValueError, "'x'|x"),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        getattr(layers, name)(**arguments)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda: layers.Reshape((5,)), (2, 3, 4), r"\(3, 4\).*\(5,\)"),
        (lambda: layers.Reshape((5, -1)), (2, 3, 4), r"\(3, 4\).*\(5, -1\)"),
        (lambda: layers.Permute((2, 1)), (2, 3), "ndim=3"),
        (lambda: layers.RepeatVector(2), (2, 3, 4), "ndim=2"),
        (lambda: layers.Cropping1D(3), (2, 5, 1), "cropping"),
        (lambda: layers.Cropping2D(2), (2, 5, 4, 1), "cropping"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer()(torch.zeros(shape))
    with pytest.raises(ValueError, match=message):
        layer()(Input(shape[1:]))
