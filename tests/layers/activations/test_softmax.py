"""`Softmax` as a layer, with and without a mask."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.activations.checks import check_against_keras, check_mixed_precision
from torchkeras_compat import layers

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Softmax", {}),
    ("Softmax", {"axis": 1}),
    ("Softmax", {"axis": (1, 2)}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_outputs_gradients_and_configs_are_those_of_keras(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, real_keras)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_mixed_precision_computes_in_the_compute_dtype(
    name: str, arguments: dict[str, Any], real_keras: ModuleType
) -> None:
    check_mixed_precision(name, arguments, real_keras)


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


def test_an_axis_that_is_assigned_counts() -> None:
    layer, x = layers.Softmax(), torch.rand(2, 3, 4)
    layer(x)
    for axis in (1, (1, 2), -1):
        layer.axis = axis
        assert torch.equal(layer(x), layers.Softmax(axis)(x))
