"""Checks that every activation layer goes through, beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import torch

from torchkeras_compat import Input, layers


def _inputs() -> np.ndarray:
    return np.random.RandomState(0).normal(size=(2, 3, 4)).astype("float32")


def check_against_keras(name: str, arguments: dict[str, Any], real_keras: ModuleType) -> None:
    """Outputs, gradients, shapes of weights and keys of the config are those of Keras."""
    mine, other = (torch.tensor(_inputs(), requires_grad=True) for _ in range(2))
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


def check_mixed_precision(name: str, arguments: dict[str, Any], real_keras: ModuleType) -> None:
    """Outputs have the compute dtype, and Keras's values unless weights are random."""
    found = getattr(layers, name)(**arguments, dtype="mixed_bfloat16")(_inputs())
    assert found.dtype is torch.bfloat16
    if "he_normal" not in arguments.values():
        expected = getattr(real_keras.layers, name)(**arguments, dtype="mixed_bfloat16")(_inputs())
        torch.testing.assert_close(found, expected, rtol=2e-2, atol=2e-2)
