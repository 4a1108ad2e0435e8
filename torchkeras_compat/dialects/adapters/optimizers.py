"""Optimizers with the defaults and formulas of each older Keras.

Where a formula is today's, the optimizer is the core's; else it is one of `legacy.optimizers`.
"""

from __future__ import annotations

import functools
from typing import Any

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments

_LEGACY = "legacy.optimizers.optimizer_v2.Legacy"
# Keras 1 and 2, which tf.keras shares where it is not said.
_RATES = {"Adadelta": 1.0, "Adagrad": 0.01, "Adamax": 0.002, "Nadam": 0.002}
# Whose formula Keras 3 changed.
_CHANGED = ("RMSprop", "Adagrad", "Nadam")
_WITHOUT_EPSILON = ("SGD", "Ftrl")
_EPSILON_OF_KERAS_1 = 1e-8


def optimizer(name: str, arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    """An optimizer: today's where it computes the same, else that of its time.

    Args:
        name: Name of the class.
        arguments: Of the call.
        dialect: Name of the dialect.

    Raises:
        TypeError: the learning rate is given in both spellings.
    """
    found = dict(arguments)
    if "lr" in found:
        if "learning_rate" in found:
            raise TypeError(f"{name} received 'lr' and 'learning_rate', which is the same. Give one of them.")
        found["learning_rate"] = found.pop("lr")
    is_old = dialect in ("keras1", "keras2")
    decays = bool(found.get("decay")) or "schedule_decay" in found
    if dialect == "tf.keras" and not decays and not (found.get("clipnorm") and found.get("clipvalue")):
        return _without_epsilon_none({k: v for k, v in found.items() if k != "decay"})
    if is_old:
        _defaults_of_old(name, found, dialect)
    if not decays:
        found.pop("decay", None)
    clips_twice = found.get("clipvalue") is not None and (found.get("clipnorm") or found.get("global_clipnorm"))
    if decays or clips_twice or (is_old and name in _CHANGED):
        if name == "Adagrad" and is_old:
            found.setdefault("initial_accumulator_value", 0.0)
        return f"{_LEGACY}{name}", {k: v for k, v in found.items() if v is not None or k == "epsilon"}
    return _without_epsilon_none(found)


def _defaults_of_old(name: str, found: Arguments, dialect: str) -> None:
    if name in _RATES:
        found.setdefault("learning_rate", _RATES[name])
    if dialect == "keras1" and name not in _WITHOUT_EPSILON:
        found.setdefault("epsilon", _EPSILON_OF_KERAS_1)
    norm: Any = found.pop("clipnorm", None)  # of all gradients together
    if norm:
        found["global_clipnorm"] = norm
    if not found.get("clipvalue", 1):
        del found["clipvalue"]


def _without_epsilon_none(found: Arguments) -> Arguments:
    """Return arguments without an epsilon of None, which is the global one, as today's default."""
    return {k: v for k, v in found.items() if k != "epsilon" or v is not None}


def base(arguments: Arguments, dialect: str) -> Arguments:
    """The base class of optimizers of before 2.11, without what changed gradients on their way.

    Raises:
        ValueError: there is something that would change them.
    """
    given = dict(arguments)
    for name in ("gradient_aggregator", "gradient_transformers"):
        if given.pop(name, None):
            raise ValueError(
                f"`{name}` of Optimizer is not supported here. Override `apply_gradients`, or give `clipnorm`."
                f" Received: {arguments[name]!r}"
            )
    return given


NAMES = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam", "Ftrl")
OPTIMIZERS: dict[str, Adapter] = {
    **{f"optimizers.{name}": functools.partial(optimizer, name) for name in NAMES},
    "optimizers.legacy.Optimizer": base,
}
