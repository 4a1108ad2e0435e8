"""The table of a model; its look is compared with Keras's in `tests/integration/test_models_against_keras.py`."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.models.model import Model


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


def test_summary_lists_torch_modules_too(x):
    class Mixed(Model):
        def __init__(self):
            super().__init__()
            self.body = nn.Linear(4, 5)
            self.head = Dense(2)

        def call(self, inputs):
            return self.head(self.body(inputs))

    model = Mixed()
    model(x)
    lines = []
    model.summary(print_fn=lines.append)
    assert "body (Linear)" in lines[0]
    assert "dense (Dense)" in lines[0]
    assert " Total params: 37 " in lines[0]
