"""Pooling over windows: `MaxPooling1D` to `3D`, `AveragePooling1D` to `3D`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.layers.pooling.checks import check_against_keras, check_channels_first_and_config, ident, shape_for
from torchkeras_compat import Input, layers

WINDOWS = [
    {"pool_size": 2},
    {"pool_size": 3, "strides": 2},
    {"pool_size": 2, "padding": "same"},
    {"pool_size": 3, "strides": 1, "padding": "same"},
    {"pool_size": 2, "strides": 1, "padding": "same"},
    {"pool_size": 3, "strides": 2, "padding": "same"},
]
CASES: list[tuple[str, dict[str, Any]]] = [
    *((f"{kind}Pooling{n}D", w) for kind in ("Max", "Average") for n in (1, 2, 3) for w in WINDOWS[:-1]),
    *((f"MaxPooling{n}D", WINDOWS[-1]) for n in (1, 2, 3)),
]

# Keras on torch counts some of the padding where it is odd; on TensorFlow it never does, and neither do we.
ODD_PADDING = {"pool_size": 3, "strides": 2, "padding": "same"}


def mean_of_windows(x: np.ndarray, pool_size: int, strides: int) -> np.ndarray:
    """The definition: windows of ``padding="same"``, cut where the data ends."""
    for axis in range(1, x.ndim - 1):
        size = x.shape[axis]
        outputs = -(-size // strides)
        before = max((outputs - 1) * strides + pool_size - size, 0) // 2
        counts = np.ones(size)
        parts = []
        for i in range(outputs):
            window = range(max(i * strides - before, 0), min(i * strides - before + pool_size, size))
            parts.append(x.take(window, axis).sum(axis) / counts[list(window)].sum())
        x = np.stack(parts, axis)
    return x


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("window", [ODD_PADDING, {"pool_size": 2, "strides": 1, "padding": "same"}])
def test_padding_does_not_count_in_means(rank: int, window: dict[str, Any]) -> None:
    layer = getattr(layers, f"AveragePooling{rank}D")(**window)
    for size in (5, 6, 7, 5):
        x = np.random.RandomState(size).normal(size=(2, *(size,) * rank, 3)).astype("float32")
        expected = mean_of_windows(x, window["pool_size"], window["strides"])
        np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_outputs_gradients_and_shapes_are_those_of_keras(case: Any, real_keras: ModuleType) -> None:
    check_against_keras(case, real_keras)


@pytest.mark.parametrize("case", CASES, ids=ident)
def test_channels_first_and_the_config(case: Any) -> None:
    check_channels_first_and_config(case)


@pytest.mark.parametrize(
    ("name", "module"),
    [(f"{ours}Pooling{n}D", getattr(nn, f"{short}Pool{n}d")) for ours, short in (("Max", "Max"), ("Average", "Avg"))
     for n in (1, 2, 3)],
)  # fmt: skip
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module], padding: str) -> None:
    layer = getattr(layers, name)(2, padding=padding)
    runs: list[int] = []
    assert isinstance(layer.pool, module)
    layer.pool.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.zeros(shape_for(name)))
    assert runs == [1]


def test_integers_are_pooled() -> None:
    assert layers.MaxPooling1D(2)(np.array([[[1], [3], [2], [0]]])).flatten().tolist() == [3.0, 2.0]


def test_short_names_are_the_same_classes() -> None:
    assert layers.MaxPool2D is layers.MaxPooling2D and layers.AvgPool1D is layers.AveragePooling1D


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("MaxPooling2D", {"pool_size": 0}, "pool_size"),
        ("MaxPooling2D", {"pool_size": (2, 2, 2)}, "pool_size"),
        ("MaxPooling2D", {"strides": -1}, "strides"),
        ("MaxPooling2D", {"padding": "full"}, "padding"),
    ],
)
def test_bad_arguments_are_refused(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(**arguments)


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="ndim=4"):
        layers.MaxPooling2D()(torch.zeros(2, 5, 5))
    with pytest.raises(ValueError, match=r"\(2, 2\)|negative"):
        layers.MaxPooling2D(3)(Input((2, 2, 1)))
