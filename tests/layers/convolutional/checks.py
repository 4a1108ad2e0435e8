"""Checks that every convolution goes through: beside real Keras, channels first, copies, configs, torch's module."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat import layers

SHAPES = {1: (2, 9, 4), 2: (2, 9, 8, 4), 3: (2, 5, 6, 5, 4)}


def ident(case: Any) -> str | None:
    return "-".join([case[0], *(f"{k}={v}" for k, v in case[1].items())]) if isinstance(case, tuple) else None


def rank_of(name: str) -> int:
    return int(name[name.index("D") - 1 if name[0] != "D" else name.index("D", 1) - 1])


def fill(layer: Any) -> None:
    random = np.random.RandomState(0)
    layer.set_weights([random.normal(size=w.shape).astype("float32") for w in layer.weights])


def check_against_keras(case: Any, real_keras: ModuleType) -> None:
    """Outputs, gradients, weights and shapes are those of Keras."""
    name, arguments = case
    shape = SHAPES[rank_of(name)]
    ours, theirs = getattr(layers, name)(**arguments), getattr(real_keras.layers, name)(**arguments)
    ours.build(shape)
    theirs.build(shape)
    assert [(w.name, w.shape) for w in ours.weights] == [(w.name, tuple(w.shape)) for w in theirs.weights]
    fill(ours)
    fill(theirs)
    x = np.random.RandomState(1).normal(size=shape).astype("float32")
    mine, other = (torch.tensor(x, requires_grad=True) for _ in range(2))
    found, expected = ours(mine), theirs(other)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert ours.compute_output_shape((None, *shape[1:])) == (None, *found.shape[1:])
    assert ours.compute_output_shape(shape) == tuple(found.shape)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(mine.grad, other.grad, rtol=1e-3, atol=1e-3)
    for a, b in zip(ours.trainable_weights, theirs.trainable_weights, strict=True):
        torch.testing.assert_close(a.value.grad, b.value.grad, rtol=1e-3, atol=1e-2)


def check_channels_first(case: Any) -> None:
    """Channels first gives the same on permuted data."""
    name, arguments = case
    shape = SHAPES[rank_of(name)]
    last = getattr(layers, name)(**arguments)
    last.build(shape)
    fill(last)
    first = getattr(layers, name)(**arguments, data_format="channels_first")
    first.build((shape[0], shape[-1], *shape[1:-1]))
    first.set_weights(last.get_weights())
    x = torch.randn(shape)
    torch.testing.assert_close(first(x.movedim(-1, 1)), last(x).movedim(-1, 1), rtol=1e-4, atol=1e-4)


def check_copies(case: Any) -> None:
    """The layer survives its config, a copy and a file of torch."""
    name, arguments = case
    layer = getattr(layers, name)(**arguments)
    layer.build(SHAPES[rank_of(name)])
    x = torch.randn(SHAPES[rank_of(name)])
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    again.build(x.shape)
    again.load_state_dict(layer.state_dict())
    for copied in (again, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(copied(x), layer(x))


def check_config(name: str, real_keras: ModuleType) -> None:
    """The config is that of Keras."""
    arguments = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    if not name.startswith("Depthwise"):
        arguments["filters"] = 4
    ours = getattr(layers, name)(**arguments, name="x").get_config()
    theirs = getattr(real_keras.layers, name)(**arguments, name="x").get_config()
    theirs.pop("groups", None), ours.pop("groups", None)
    assert {k: v for k, v in ours.items() if "initializer" not in k and k != "dtype"} == {
        k: theirs.get(k) for k in ours if "initializer" not in k and k != "dtype"
    }


def check_torch_module(name: str, module: type[nn.Module]) -> None:
    """The layer computes through a torch module."""
    layer = getattr(layers, name)(3, 2)
    layer.build(SHAPES[rank_of(name)])
    runs: list[int] = []
    assert isinstance(layer.conv, module)
    layer.conv.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.zeros(SHAPES[rank_of(name)]))
    assert runs == [1]
