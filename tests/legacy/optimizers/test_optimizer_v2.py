"""The optimizers of Keras 2; the numbers are those of `tf.keras.optimizers.legacy` of TensorFlow 2.15.1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers, models, optimizers
from torchkeras_compat.legacy.optimizers import optimizer_v2

GRADIENTS = [[0.5, -1e-4, 0.0, 2.0], [-0.3, 2e-4, 1e-5, -1.0], [0.1, 1e-4, 0.0, 0.3]]
CASES: list[tuple[str, dict[str, Any], list[float]]] = [
    (
        "SGD",
        {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "decay": 0.5},
        [0.87275, 1.9999889, -3.0000017, -0.0356333],
    ),
    ("SGD", {"learning_rate": 0.1, "decay": 0.1}, [0.9689394, 1.9999834, -3.000001, 0.3659091]),
    ("RMSprop", {"learning_rate": 0.01}, [0.9794433, 1.9894152, -3.0306535, 0.4785088]),
    (
        "RMSprop",
        {"learning_rate": 0.01, "momentum": 0.5, "decay": 0.1},
        [0.9628456, 1.9945194, -3.0004313, 0.460922],
    ),
    ("RMSprop", {"learning_rate": 0.01, "centered": True}, [0.9777377, 1.990231, -3.032258, 0.4768441]),
    ("Adagrad", {"learning_rate": 0.1}, [0.9458042, 1.9999368, -3.0000031, 0.4323392]),
    (
        "Adagrad",
        {"learning_rate": 0.1, "initial_accumulator_value": 0.0},
        [0.9345465, 1.9696891, -3.09901, 0.4314241],
    ),
    ("Adadelta", {"learning_rate": 1.0}, [0.9992397, 1.9998019, -3.00001, 0.499196]),
    ("Adam", {"learning_rate": 0.01, "decay": 0.1}, [0.9861428, 2.0021398, -3.008781, 0.4851699]),
    ("Adam", {"learning_rate": 0.01, "amsgrad": True}, [0.9855455, 2.0009573, -3.0100217, 0.484446]),
    ("Adamax", {"learning_rate": 0.01}, [0.9866817, 2.0034235, -3.0085025, 0.4860069]),
    ("Nadam", {"learning_rate": 0.01}, [0.9921781, 1.9965591, -3.0110235, 0.4917849]),
    ("Nadam", {"learning_rate": 0.01, "decay": 0.01}, [0.9921781, 1.9965591, -3.0110235, 0.4917849]),
    (
        "Ftrl",
        {
            "learning_rate": 0.1,
            "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.02,
            "l2_shrinkage_regularization_strength": 0.01,
            "beta": 0.1,
        },
        [0.3441253, -0.0071186, 0.011783, 0.3356],
    ),
]
NAMES = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl"]


def _made(name: str, **arguments: Any) -> Any:
    return getattr(optimizer_v2, f"Legacy{name}")(**arguments)


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_three_updates(name: str, arguments: dict[str, Any], expected: list[float]) -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0, -3.0, 0.5]))
    optimizer = _made(name, **arguments)
    for gradient in GRADIENTS:
        optimizer.apply_gradients([(torch.tensor(gradient), weight)])
    np.testing.assert_allclose(weight.detach(), expected, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_files_and_configs(name: str, tmp_path: Path) -> None:
    model: Any = Sequential([layers.Dense(1, input_dim=3)])
    model.compile(_made(name, decay=0.1, clipvalue=1.0), "mse")
    x, y = np.random.RandomState(0).randn(8, 3), np.ones((8, 1))
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "m.keras")
    loaded: Any = models.load_model(tmp_path / "m.keras")
    assert type(loaded.optimizer) is type(model.optimizer)
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for one in (model, loaded):
        one.fit(x, y, verbose=0, shuffle=False)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
    again = optimizers.deserialize(optimizers.serialize(model.optimizer))
    assert again.get_config() == model.optimizer.get_config()


def test_defaults() -> None:
    rates = {name: float(_made(name).learning_rate) for name in NAMES}
    assert rates == {name: pytest.approx(0.01 if name == "SGD" else 0.001) for name in NAMES}
    assert all(_made(name).name == name for name in NAMES)
    assert _made("Adagrad").initial_accumulator_value == 0.1
    assert _made("RMSprop", epsilon=None).epsilon == 1e-7
    assert float(_made("Adam", lr=0.5).learning_rate) == 0.5


def test_the_rate_stays_settable_while_it_decays() -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = _made("SGD", learning_rate=1.0, decay=1.0)
    optimizer.apply_gradients([(torch.ones(1), weight)])
    optimizer.lr = 10.0
    optimizer.apply_gradients([(torch.ones(1), weight)])
    assert weight.item() == -1.0 - 10.0 / 2
    assert float(optimizer.lr) == 10.0


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"decay": -0.1}, ValueError, "decay=-0.1"),
        ({"decay": None}, ValueError, "decay=None"),
        ({"weight_decay": 0.1}, TypeError, r"LegacyNadam: \['weight_decay'\]"),
        ({"schedule_decay": -1}, ValueError, "schedule_decay=-1"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        _made("Nadam", **arguments)
