"""What training steps written for tf.keras use (numbers worked out by hand)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor
from torchkeras_compat.dialects.tensorflow.training import (
    OF_MODELS,
    OF_OPTIMIZERS,
    CompiledLoss,
    CompiledMetrics,
    get_scaled_loss,
    get_unscaled_gradients,
    minimize,
)
from torchkeras_compat.dialects.tensorflow.variable import Variable

X, Y = np.ones((4, 2), "float32"), np.full((4, 1), 3.0, "float32")


@pytest.fixture
def model() -> Any:
    """A compiled model whose outputs are twos."""
    made = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def test_the_compiled_loss_is_counted(model: Any) -> None:
    loss = CompiledLoss(model)
    with GradientTape() as tape:
        value = loss(Y, model(constant(X)), regularization_losses=[constant(0.5)])
    assert type(value) is Tensor
    assert float(value) == 1.5
    assert tape.gradient(value, model.trainable_variables)[1].numpy().tolist() == [-2.0]
    assert float(loss.metrics[0].result()) == 1.5
    assert float(loss(Y, Y, np.ones(4))) == 0.0
    assert float(loss.metrics[0].result()) == 0.75


def test_the_compiled_metrics_are_counted(model: Any) -> None:
    metrics = CompiledMetrics(model)
    metrics.update_state(Y, model(constant(X)))
    assert [m.name for m in metrics.metrics] == ["mae"]
    assert float(metrics.result()["mae"]) == 1.0
    metrics.reset_states()
    assert float(metrics.metrics[0].result()) == 0.0


def test_a_model_that_is_not_compiled_says_so(model: Any) -> None:
    other = keras.Sequential([keras.layers.Dense(1)])
    with pytest.raises(RuntimeError, match="not compiled"):
        CompiledLoss(other)(Y, Y)
    with pytest.raises(RuntimeError, match="not compiled"):
        CompiledMetrics(other).update_state(Y, Y)
    model.compile("sgd")
    with pytest.raises(ValueError, match="No loss"):
        CompiledLoss(model)(Y, Y)


def test_minimizing() -> None:
    x = Variable(2.0)
    optimizer = keras.optimizers.SGD(0.25)
    minimize(optimizer, lambda: x * x, [x])
    assert float(x) == 1.0
    with GradientTape() as tape:
        loss = x * x
    minimize(optimizer, loss, lambda: [x], tape=tape)
    assert float(x) == 0.5
    with pytest.raises(ValueError, match="tape"):
        minimize(optimizer, loss, [x])
    with pytest.raises(TypeError, match="gate"):
        minimize(optimizer, loss, [x], gate=1)


def test_scaled_losses() -> None:
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.5), initial_scale=4.0)
    optimizer.__dict__["_dialect"] = "tf.keras"
    v = Variable(2.0)
    with GradientTape() as tape:
        scaled = get_scaled_loss(optimizer, v * v)
    assert float(scaled) == 16.0
    assert float(get_scaled_loss(optimizer, lambda: constant(1.0))()) == 4.0
    gradients = get_unscaled_gradients(optimizer, [*tape.gradient(scaled, [v]), None])
    assert (float(gradients[0]), gradients[1]) == (4.0, None)
    optimizer.apply_gradients([(gradients[0], v)])
    assert float(v) == 0.0


def test_the_core_takes_scaled_gradients() -> None:
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.5), initial_scale=4.0)
    v = keras.Variable(2.0)
    optimizer.apply_gradients([(torch.tensor(16.0), v)])
    assert float(v) == 0.0


def test_the_tables_name_what_finds_them(model: Any) -> None:
    assert type(OF_MODELS["compiled_loss"](model)) is CompiledLoss
    assert callable(OF_OPTIMIZERS["minimize"](model.optimizer))
