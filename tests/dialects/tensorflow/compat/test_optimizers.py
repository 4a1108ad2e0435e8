from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.compat import optimizers


@pytest.mark.parametrize(
    ("made", "settings"),
    [  # defaults of TensorFlow 2.15, compat.v1.train
        (optimizers.GradientDescentOptimizer(0.1), {"learning_rate": 0.1, "momentum": 0.0}),
        (optimizers.MomentumOptimizer(0.1, 0.9, use_nesterov=True), {"momentum": 0.9, "nesterov": True}),
        (optimizers.AdamOptimizer(), {"learning_rate": 0.001, "epsilon": 1e-8}),
        (optimizers.RMSPropOptimizer(0.1), {"rho": 0.9, "epsilon": 1e-10}),
        (optimizers.AdagradOptimizer(0.1), {"initial_accumulator_value": 0.1}),
        (optimizers.AdadeltaOptimizer(), {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-8}),
    ],
)
def test_defaults_are_those_of_tensorflow_1(made: Any, settings: dict[str, Any]) -> None:
    config = made.get_config()
    for name, value in settings.items():
        assert config[name] == pytest.approx(value)


def test_they_train() -> None:
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizers.AdamOptimizer(0.01), "mse")
    model.fit([[0.0, 1.0]], [1.0], verbose=0)
