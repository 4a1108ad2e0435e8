"""Optimizers with the defaults that the documentation of Keras 1.2, Keras 2.3 and tf.keras 2.15 gives."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.adapters.adapter import Arguments
from torchkeras_compat.dialects.adapters.optimizers import OPTIMIZERS, base, optimizer
from torchkeras_compat.public_names import named

RATES = {
    "keras1": [0.01, 0.001, 0.01, 1.0, 0.001, 0.002, 0.002],
    "keras2": [0.01, 0.001, 0.01, 1.0, 0.001, 0.002, 0.002],
    "tf.keras": [0.01, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001],
}
NAMES = ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"]


def _made(name: str, dialect: str, **arguments: Any) -> Any:
    found: Arguments | tuple[str, Arguments] = OPTIMIZERS[f"optimizers.{name}"](arguments, dialect)
    path, given = found if isinstance(found, tuple) else (f"optimizers.{name}", found)
    return named(path)(**given)


@pytest.mark.parametrize("dialect", RATES)
def test_learning_rates(dialect: str) -> None:
    assert [float(_made(name, dialect).learning_rate) for name in NAMES] == pytest.approx(RATES[dialect])


@pytest.mark.parametrize(("dialect", "epsilon"), [("keras1", 1e-8), ("keras2", 1e-7), ("tf.keras", 1e-7)])
def test_epsilons(dialect: str, epsilon: float) -> None:
    assert {_made(name, dialect).epsilon for name in NAMES if name != "SGD"} == {epsilon}
    assert _made("Adam", "keras2", epsilon=None).epsilon == 1e-7
    assert _made("RMSprop", "keras2", epsilon=None).epsilon == 1e-7


def test_first_values_and_schedules() -> None:
    assert _made("Adagrad", "keras2").initial_accumulator_value == 0.0
    assert _made("Adagrad", "tf.keras").initial_accumulator_value == 0.1
    assert _made("Nadam", "keras2").schedule_decay == 0.004
    assert _made("Nadam", "keras1", schedule_decay=0.1).schedule_decay == 0.1


@pytest.mark.parametrize("dialect", RATES)
def test_decay(dialect: str) -> None:
    made = _made("SGD", dialect, lr=0.5, decay=1e-6, momentum=0.9, nesterov=True)
    assert (type(made).__name__, made.decay, made.momentum, made.nesterov) == ("LegacySGD", 1e-6, 0.9, True)
    assert type(_made("Adam", dialect, decay=0.0)).__name__ == "Adam"


def test_clipping_by_the_norm_of_all_gradients() -> None:
    made = _made("Adam", "keras2", clipnorm=1.0)
    assert (made.clipnorm, made.global_clipnorm) == (None, 1.0)
    assert _made("Adam", "tf.keras", clipnorm=1.0).clipnorm == 1.0
    assert _made("Adam", "keras1", clipvalue=0.5).clipvalue == 0.5


def test_a_rate_in_both_spellings() -> None:
    with pytest.raises(TypeError, match="'lr' and 'learning_rate'"):
        optimizer("SGD", {"lr": 0.1, "learning_rate": 0.1}, "keras2")


def test_what_changes_gradients_on_their_way_is_refused() -> None:
    assert base({"name": "own", "gradient_aggregator": None}, "tf.keras") == {"name": "own"}
    with pytest.raises(ValueError, match="Override `apply_gradients`"):
        base({"name": "own", "gradient_transformers": [abs]}, "tf.keras")
