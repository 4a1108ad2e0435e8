"""The hard sigmoid of Keras 1 and 2: its numbers, and its name in files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from torchkeras_compat import Sequential, layers, models
from torchkeras_compat.saving.keras2_hard_sigmoid import keras2_hard_sigmoid


def test_numbers_of_keras_2_and_their_gradient() -> None:
    x = torch.linspace(-4, 4, 33, requires_grad=True)
    y = keras2_hard_sigmoid(x)
    torch.testing.assert_close(y, torch.clip(0.2 * x + 0.5, 0, 1))
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert slope[16].item() == pytest.approx(0.2) and slope[0].item() == slope[-1].item() == 0.0


def test_whole_numbers_become_floats() -> None:
    assert keras2_hard_sigmoid(torch.tensor([-3, 0, 1])).dtype == torch.float32
    assert keras2_hard_sigmoid([0.0, 5.0]).tolist() == [0.5, 1.0]


def test_files_name_it(tmp_path: Path) -> None:
    model = Sequential([layers.Input((3,)), layers.Dense(2, activation=keras2_hard_sigmoid)])
    model.save(tmp_path / "m.keras")
    again = models.load_model(tmp_path / "m.keras")
    assert again.layers[0].activation is keras2_hard_sigmoid
