"""`PreprocessingLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.layers.preprocessing_layer import PreprocessingLayer


class Mean(PreprocessingLayer):
    def build(self, input_shape: Any) -> None:
        self.total = self.add_weight(shape=input_shape[1:], initializer="zeros", trainable=False, name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")
        self.mean = self.add_weight(shape=input_shape[1:], initializer="zeros", trainable=False, name="mean")
        self.calls = 0

    def reset_state(self) -> None:
        self.total.assign(np.zeros(self.total.shape))
        self.count.assign(0.0)

    def update_state(self, data: Any) -> None:
        self.calls += 1
        self.total.assign_add(data.sum(0))
        self.count.assign_add(len(data))

    def finalize_state(self) -> None:
        self.mean.assign(self.total.value / self.count.value)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs - self.mean.value


DATA = np.arange(12, dtype="float32").reshape(6, 2)


@pytest.mark.parametrize("data", [DATA, torch.tensor(DATA), DATA.tolist(), [DATA[:4], DATA[4:]]])
def test_adapting(data: Any) -> None:
    layer = Mean()
    assert not layer.is_adapted
    layer.compile()
    layer.adapt(data)
    assert layer.is_adapted
    assert layer(torch.zeros(1, 2)).tolist() == [[-5.0, -6.0]]


def test_adapting_again_starts_from_the_beginning() -> None:
    layer = Mean()
    layer.adapt(DATA + 7)
    layer.adapt(DATA)
    assert layer.mean.numpy().tolist() == [5.0, 6.0]


def test_batches_and_steps() -> None:
    layer = Mean()
    layer.adapt(DATA, batch_size=4)
    assert (layer.calls, layer.mean.numpy().tolist()) == (2, [5.0, 6.0])
    layer.adapt(DATA, batch_size=2, steps=1)
    assert layer.mean.numpy().tolist() == [1.0, 2.0]


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="batch_size=0"):
        Mean().adapt(DATA, batch_size=0)
    with pytest.raises(NotImplementedError, match=r"PreprocessingLayer must define `update_state"):
        PreprocessingLayer().adapt(DATA)
