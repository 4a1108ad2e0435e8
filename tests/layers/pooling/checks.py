"""Checks that every pooling layer goes through: beside real Keras, channels first, configs."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import torch

from torchkeras_compat import Input, layers

SHAPES = {1: (2, 9, 4), 2: (2, 9, 8, 4), 3: (2, 5, 6, 7, 4)}


def ident(case: Any) -> str:
    return "-".join([case[0], *(f"{k}={v}" for k, v in case[1].items())])


def shape_for(name: str) -> tuple[int, ...]:
    return SHAPES[int(name[-2])]


def check_against_keras(case: Any, real_keras: ModuleType) -> None:
    """Outputs, gradients and shapes are those of Keras."""
    name, arguments = case
    shape = shape_for(name)
    x = np.random.RandomState(1).normal(size=shape).astype("float32")
    mine, other = (torch.tensor(x, requires_grad=True) for _ in range(2))
    layer = getattr(layers, name)(**arguments)
    found, expected = layer(mine), getattr(real_keras.layers, name)(**arguments)(other)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(mine.grad, other.grad, rtol=1e-4, atol=1e-4)
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *found.shape[1:])
    assert layer(Input(shape[1:])).shape == (None, *found.shape[1:])


def check_channels_first_and_config(case: Any) -> None:
    """A layer for channels first, made from its config, gives the same on permuted data."""
    name, arguments = case
    x = torch.randn(shape_for(name))
    last = getattr(layers, name)(**arguments)(x)
    first = getattr(layers, name)(**arguments, data_format="channels_first")
    found = type(first).from_config(first.get_config())(x.movedim(-1, 1))
    torch.testing.assert_close(found.movedim(1, -1) if found.ndim > 2 else found, last)
