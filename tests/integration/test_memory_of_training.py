"""Nothing is left behind by a call, a prediction or a training step, with the garbage collector off."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from torchkeras_compat import Model, Sequential, layers


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def sequential() -> Model:
    return Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dropout(0.5), layers.Dense(3)])


def functional() -> Model:
    inputs = layers.Input((4,))
    hidden = layers.Dense(8, activation="relu", activity_regularizer="l2")(inputs)
    return Model(inputs, {"a": layers.Dense(3)(hidden), "b": layers.Dense(1)(hidden)})


def subclassed() -> Model:
    class Net(Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, x: torch.Tensor) -> torch.Tensor:
            return self.dense(x)

    model = Net()
    model.build((None, 4))
    return model


def objects() -> tuple[int, int]:
    """All objects that the collector knows, and the tensors among them."""
    found = gc.get_objects()
    return len(found), sum(issubclass(type(x), torch.Tensor) for x in found)


def growth(action: Callable[[], object], times: int) -> tuple[int, int]:
    for _ in range(20):
        action()
    before = objects()
    for _ in range(times):
        action()
    after = objects()
    return after[0] - before[0], after[1] - before[1]


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
@pytest.mark.usefixtures("no_collector")
def test_ten_thousand_calls_leave_nothing(make: Callable[[], Model]) -> None:
    model, x = make(), torch.ones(2, 4)
    grown, tensors = growth(lambda: model(x), 10_000)
    assert tensors == 0 and grown < 100


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
@pytest.mark.usefixtures("no_collector")
def test_ten_thousand_predictions_leave_nothing(make: Callable[[], Model]) -> None:
    model, x = make(), np.ones((1, 4), "float32")
    grown, tensors = growth(lambda: model.predict(x, verbose=0), 10_000)
    assert tensors == 0 and grown < 100


@pytest.mark.usefixtures("no_collector")
def test_training_steps_leave_nothing() -> None:
    model = sequential()
    model.compile("adam", "mse", metrics=["mae"])
    x, y = np.ones((400, 4), "float32"), np.ones((400, 3), "float32")
    grown, tensors = growth(lambda: model.fit(x, y, batch_size=4, verbose=0), 10)  # 1,000 steps
    assert tensors <= 0 and grown < 1_000  # each `fit` has a history of its own
