"""Memory is flat with the garbage collector off: calls leave neither tensors nor cycles behind."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # of 10,000 tiny kernels, waiting for other threads would be most of the time
    yield
    torch.set_num_threads(threads)
    gc.enable()


def grown(function: Callable[[], Any], times: int) -> int:
    """Return how many objects that the collector tracks ``times`` calls leave behind."""
    for _ in range(20):
        function()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(times):
        function()
    return len(gc.get_objects()) - before


def sequential() -> Model:
    return Sequential([Input((4,)), Dense(5, activation="relu"), layers.Dropout(0.5), Dense(3)])


def functional() -> Model:
    i = Input((4,))
    h = Dense(5)(i)
    return Model(i, Dense(3)(h) + layers.BatchNormalization()(Dense(3)(h)))


def with_losses() -> Model:
    return Sequential([Input((4,)), Dense(3, activity_regularizer="l2", kernel_regularizer="l2")])


def mixed() -> Model:
    return Sequential([Input((4,)), Dense(3, dtype="mixed_bfloat16")])


def subclassed() -> Model:
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.blocks = [Dense(4), Dense(3)]

        def call(self, inputs, training=False):
            for block in self.blocks:
                inputs = block(inputs)
            return inputs

    return Net()


@pytest.mark.parametrize("make", [sequential, functional, with_losses, mixed, subclassed])
def test_ten_thousand_calls_leave_nothing_behind(make):
    model, x = make(), torch.randn(2, 4)
    assert grown(lambda: model(x), 10_000) < 50


@pytest.mark.parametrize("make", [sequential, functional, with_losses])
def test_calls_in_training_mode_leave_nothing_behind(make):
    model, x = make(), torch.randn(2, 4)
    assert grown(lambda: model(x, training=True).sum().backward(), 500) < 50


def test_calls_on_arrays_leave_nothing_behind():
    model, x = sequential(), np.zeros((2, 4))
    assert grown(lambda: model(x), 2_000) < 50


def test_masks_leave_nothing_behind():
    model = Sequential([Input((3,), dtype="int32"), layers.Embedding(5, 2, mask_zero=True), layers.LSTM(2)])
    x = torch.tensor([[1, 2, 0]], dtype=torch.int32)
    assert grown(lambda: model(x), 300) < 50


def test_predict_leaves_nothing_behind():
    model, x = sequential(), np.zeros((2, 4), "float32")
    assert grown(lambda: model.predict(x, verbose=0), 1_000) < 50


def test_training_steps_leave_nothing_behind():
    model, x, y = with_losses(), torch.randn(2, 4), torch.randn(2, 3)
    model.compile("adam", loss="mse", metrics=["mae"])
    for _ in range(100):  # a recording of the step stays
        model.train_on_batch(x, y)
    assert grown(lambda: model.train_on_batch(x, y), 300) < 50


def test_a_call_keeps_no_tensor_alive():
    model = with_losses()
    seen = []
    for _ in range(3):
        x = torch.randn(2, 4)
        y = model(x)
        seen.append((weakref.ref(x), weakref.ref(y)))
    del x, y
    model(torch.zeros(2, 4))
    assert [(x(), y()) for x, y in seen] == [(None, None)] * 3


def test_a_layer_that_adds_losses_is_let_go():
    class Noisy(Layer):
        def call(self, inputs):
            self.add_loss(inputs.sum())
            return inputs

    layer = Noisy()
    layer(torch.zeros(2, 4))
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
def test_a_model_is_let_go(make):
    model = make()
    model(torch.zeros(2, 4))
    gone, weight = weakref.ref(model), weakref.ref(next(model.parameters()))
    del model
    gc.collect()
    assert gone() is None
    assert weight() is None
