"""Checks that every merging layer goes through, beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers

ELEMENTWISE = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]


def check_against_keras(
    name: str, arguments: dict[str, Any], shapes: list[tuple[int, ...]], real_keras: ModuleType
) -> None:
    """Outputs, gradients and shapes are those of Keras, in a model, after a config, and as a function."""
    arrays = [np.random.RandomState(i).normal(size=s).astype("float32") for i, s in enumerate(shapes)]
    mine, others = ([torch.tensor(a, requires_grad=True) for a in arrays] for _ in range(2))
    layer, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    found, expected = layer(mine), theirs(others)
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    for a, b in zip(mine, others, strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-5)
    assert tuple(layer.compute_output_shape(shapes)) == tuple(found.shape)
    inputs = [Input(s[1:]) for s in shapes]
    outputs = layer(inputs)
    assert outputs.shape == (None, *found.shape[1:])
    torch.testing.assert_close(Model(inputs, outputs)(mine), found)
    again = type(layer).from_config(layer.get_config())
    torch.testing.assert_close(again(mine), found)
    function = getattr(layers, name.lower())
    torch.testing.assert_close(function(mine, **arguments), found)


def _masked(values: list[float], mask: list[int] | None) -> torch.Tensor:
    x = torch.tensor(values).reshape(1, -1, 1)
    if mask is not None:
        x._keras_mask = torch.tensor(mask, dtype=torch.bool)[None]
    return x


def check_masks(name: str, arguments: dict[str, Any], second: list[int] | None, real_keras: ModuleType) -> None:
    """Values and the mask are those of Keras for one masked input and a second, with a mask or without."""
    found = []
    for keras in (layers, real_keras.layers):
        layer = getattr(keras, name)(**arguments)
        output = layer([_masked([2.0, 3.0, 5.0, 7.0], [1, 1, 0, 0]), _masked([11.0, 13.0, 17.0, 19.0], second)])
        found.append((output.detach(), getattr(output, "_keras_mask", None)))
    (values, mask), (expected, expected_mask) = found
    torch.testing.assert_close(values, expected)
    assert (mask is None) == (expected_mask is None)
    if mask is not None:
        assert mask.tolist() == expected_mask.tolist()


def check_refused(
    name: str, arguments: dict[str, Any], inputs: list[tuple[int, ...]], error: type[Exception], message: str
) -> None:
    """Inputs of these shapes, or the arguments, are refused."""
    with pytest.raises(error, match=message):
        getattr(layers, name)(**arguments)([torch.zeros(s) for s in inputs])
