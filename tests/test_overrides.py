"""Overrides of the core by a dialect: without one nothing is noticed, with one it is used, and it can be taken away."""

from __future__ import annotations

import inspect

import pytest

from torchkeras_compat.overrides import OVERRIDES, Addition, Overridable, OverridableConstructors, overridable


class Base(OverridableConstructors):
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
def dialect():
    def make(self, units=0, old_units=0):
        constructor(self, units or old_units)

    constructor = vars(Base)["__init__"].function
    run = vars(Base)["run"].function
    OVERRIDES.replacements.update({constructor: make, run: lambda self, old_epochs: run(self, old_epochs) + 100})
    OVERRIDES.added["old_run"] = lambda self: self.run(3)
    yield
    del OVERRIDES.replacements[constructor], OVERRIDES.replacements[run], OVERRIDES.added["old_run"]


def test_without_overrides_the_functions_are_as_they_were_written():
    assert Base.run is vars(Base)["run"].function
    assert Base.__init__ is vars(Base)["__init__"].function
    assert Base(2).run(epochs=3) == 6
    assert Base.run.__doc__ == vars(Base)["run"].__doc__ == "Say how long."
    assert list(inspect.signature(Base).parameters) == ["units"]
    assert list(inspect.signature(vars(Base)["run"]).parameters) == ["self", "epochs"]
    assert not hasattr(Base, "old_run") and not hasattr(Base(1), "old_run")


def test_a_dialect_overrides_constructors_methods_and_those_of_subclasses(dialect):
    assert Base(old_units=2).units == 2
    assert Users(2).units == 3
    assert Users(2).run(3) == 109
    assert Base(2).old_run() == 106
    assert Base.run is Users.run


def test_constructors_of_others_stay_plain_functions():
    assert not isinstance(vars(Users)["__init__"], Overridable)


def test_an_addition_gives_way_to_a_layer_of_its_name(dialect):
    made = Base(1)
    made._modules = {"old_run": "a layer"}
    assert not hasattr(made, "old_run")
