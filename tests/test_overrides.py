"""Meanings of a dialect: without one nothing is noticed, and an object of one finds its own."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from torchkeras_compat import overrides
from torchkeras_compat.overrides import (
    DIALECT,
    OVERRIDES,
    Addition,
    CheckedConstructors,
    NumpyConstructor,
    TakesNumpyNumbers,
    dialect_of,
    making,
    making_dialect,
    overridable,
)


class Base(TakesNumpyNumbers):
    """Stands for a class of the core."""

    __module__ = "torchkeras_compat.stand_in"

    def __init__(self, units: int) -> None:
        self.units = units

    @overridable
    def run(self, epochs: int = 1) -> int:
        """Say how long."""
        return self.units * epochs

    old_run = Addition()


class Users(Base):
    """Stands for a class of a user, outside the package."""

    def __init__(self, units: int) -> None:
        super().__init__(units + 1)


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    run = vars(Base)["run"].function
    meanings: dict[str, Any] = {"old": {run: lambda self, old_epochs: run(self, old_epochs) + 100}}
    monkeypatch.setattr(overrides, "_methods", lambda dialect: meanings.get(dialect, {}))
    monkeypatch.setattr(overrides, "_attributes", lambda dialect: {"old_run": lambda self: lambda: self.run(3)})


def test_without_a_dialect_the_functions_are_as_they_were_written() -> None:
    assert Base.run is vars(Base)["run"].function
    assert Base(2).run(epochs=3) == 6
    assert Base.run.__doc__ == vars(Base)["run"].__doc__ == "Say how long."
    assert list(inspect.signature(Base).parameters) == ["units"]
    assert not hasattr(Base, "old_run") and not hasattr(Base(1), "old_run")


def test_objects_of_a_dialect_find_its_meanings_and_others_do_not(old: None) -> None:
    with making("old"):
        made, users = Base(2), Users(2)
        with making(None):
            core = Base(2)
    assert [dialect_of(thing) for thing in (made, users, core)] == ["old", "old", None]
    assert (made.run(3), users.run(3), core.run(3)) == (106, 109, 6)
    assert made.old_run() == 106 and not hasattr(core, "old_run")
    assert making_dialect() is None


def test_what_no_dialect_made_has_the_attributes_of_the_one_in_use(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    core = Base(2)
    monkeypatch.setattr(OVERRIDES, "dialect", "old")
    assert core.old_run() == 6


def test_an_addition_gives_way_to_a_layer_of_its_name(old: None) -> None:
    made = Base(1)
    made.__dict__[DIALECT] = "old"
    made._modules = {"old_run": "a layer"}
    assert not hasattr(made, "old_run")


def test_constructors_of_others_stay_plain_functions() -> None:
    assert isinstance(vars(Base)["__init__"], NumpyConstructor)
    assert not isinstance(vars(Users)["__init__"], NumpyConstructor)
    assert issubclass(Base, CheckedConstructors)


def test_numbers_of_numpy_become_pythons() -> None:
    assert type(Base(np.int64(3)).units) is int
