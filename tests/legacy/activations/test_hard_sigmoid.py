"""`hard_sigmoid` of Keras 1 and 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, activations, layers, models
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid


def test_the_formula() -> None:
    x = torch.linspace(-4, 4, 101)
    torch.testing.assert_close(hard_sigmoid(x), torch.clamp(0.2 * x + 0.5, 0, 1), rtol=0, atol=2e-7)
    assert hard_sigmoid([1, 5]).tolist() == pytest.approx([0.7, 1.0])
    assert hard_sigmoid(layers.Input((3,))).shape == (None, 3)


def test_its_gradient() -> None:
    x = torch.tensor([-3.0, 0.0, 1.0, 3.0], requires_grad=True)
    hard_sigmoid(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == pytest.approx([0.0, 0.2, 0.2, 0.0])


def test_in_configs() -> None:
    assert activations.deserialize(activations.serialize(hard_sigmoid)) is hard_sigmoid
    assert layers.Dense.from_config(layers.Dense(2, activation=hard_sigmoid).get_config()).activation is hard_sigmoid


def test_gates_of_recurrent_layers(tmp_path: Path) -> None:
    x = np.random.RandomState(0).randn(2, 3, 4).astype("float32")
    layer = layers.LSTM(3, recurrent_activation=hard_sigmoid, input_shape=(3, 4))
    model = Sequential([layer])
    kernel, recurrent, bias = layer.get_weights()
    h = c = np.zeros((2, 3), "float32")
    for t in range(3):
        i, f, new, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=-1)
        i, f, o = (np.clip(0.2 * gate + 0.5, 0, 1) for gate in (i, f, o))
        c = f * c + i * np.tanh(new)
        h = o * np.tanh(c)
    np.testing.assert_allclose(model.predict(x, verbose=0), h, atol=1e-6)
    model.save(tmp_path / "m.keras")
    np.testing.assert_allclose(models.load_model(tmp_path / "m.keras").predict(x, verbose=0), h, atol=1e-6)
