from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.backend.graph.updates import update, update_add
from torchkeras_compat.legacy.backend.variables import variable, zeros
from torchkeras_compat.legacy.optimizers.written_updates import WrittenUpdates
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.optimizers.sgd import SGD


class Momentum(WrittenUpdates, Optimizer):
    def __init__(self, lr: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lr = variable(lr)

    def get_updates(self, loss: Any, params: Any) -> Any:
        gradients = self.get_gradients(loss, params)
        updates = [update_add(self.iterations, 1)]
        for p, g, m in zip(params, gradients, [zeros(p.shape) for p in params], strict=True):
            v = 0.9 * m - self.lr * g
            updates += [update(m, v), update(p, p + v)]
        return updates


@pytest.mark.parametrize(
    "norms", [({}, {}), ({"clipnorm": 0.01}, {"global_clipnorm": 0.01}), ({"clipvalue": 0.01},) * 2]
)
def test_training_is_as_by_the_optimizer_of_the_same_formula(norms: Any) -> None:
    x = np.random.default_rng(0).normal(size=(8, 3, 2)).astype("float32")
    weights = []
    start: Any = None
    for optimizer in (Momentum(0.1, **norms[0]), SGD(0.1, momentum=0.9, **norms[1])):
        model = Sequential([layers.LSTM(3, input_shape=(3, 2)), layers.Dense(1)])
        start = start or model.get_weights()
        model.set_weights(start)
        model.compile(optimizer, "mse")
        model.fit(x, np.ones((8, 1)), batch_size=4, epochs=3, shuffle=False, verbose=0)
        assert int(model.optimizer.iterations) == 6
        weights.append(model.get_weights())
    for own, known in zip(*weights, strict=True):
        np.testing.assert_allclose(own, known, atol=1e-6)
