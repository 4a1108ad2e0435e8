"""Checks of optimizers: each one catches the defect that was planted for it, and good optimizers pass all."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers import Optimizer
from torchkeras_compat.testing import check_optimizer
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.optimizer import OptimizerSubject


class Momentum(Optimizer):
    """Without defect: gradient descent with momentum, written as for Keras."""

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.velocities = [self.add_variable_from_reference(v, "velocity") for v in self._trainable_variables]

    def update_step(self, gradient, variable, learning_rate):
        velocity = self.velocities[self._get_variable_index(variable)]
        self.assign(velocity, 0.5 * velocity.value + gradient)
        self.assign_sub(variable, velocity.value * learning_rate)


class Ascends(Momentum):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(-gradient, variable, learning_rate)


class ForgetsItsLabel(Momentum):
    def __init__(self, label="a", **kwargs):
        super().__init__(**kwargs)
        self.label = label


class KeepsStateToItself(Optimizer):
    steps = 0

    def update_step(self, gradient, variable, learning_rate):
        self.steps += 1
        self.assign_sub(variable, gradient * learning_rate / self.steps)


class AppliesHalf(Momentum):
    def apply(self, grads, trainable_variables=None):
        return super().apply([g / 2 for g in grads], trainable_variables)


class InventsGradients(Momentum):
    def update(self):
        for tensor in self._tensors:
            if tensor.grad is None:
                tensor.grad = torch.ones_like(tensor)
        super().update()


class KeepsItsFirstRate(Momentum):
    def build(self, variables):
        super().build(variables)
        self._first = float(self.learning_rate)

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, self._first)


class WaitsForTheDevice(Momentum):
    def update_step(self, gradient, variable, learning_rate):
        if gradient.abs().sum().item() >= 0:
            super().update_step(gradient, variable, learning_rate)


class EndsInNan(Momentum):
    def finalize_variable_values(self, var_list):
        for v in var_list:
            v.assign(v.value * float("nan"))


class DividesByTheNorm(Momentum):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient / gradient.norm(), variable, learning_rate)


def planted(optimizer: type, **arguments: Any) -> functools.partial:
    return functools.partial(OptimizerSubject, optimizer, arguments={"learning_rate": 0.01, **arguments})


DEFECTS = {
    "descends": planted(Ascends),
    "config": planted(ForgetsItsLabel, label="b"),
    "state": planted(KeepsStateToItself),
    "torch_steps": planted(AppliesHalf),
    "missing_gradients": planted(InventsGradients),
    "learning_rate": planted(KeepsItsFirstRate),
    "devices": planted(WaitsForTheDevice),
    "training_run": planted(EndsInNan),
    "any_gradients": planted(DividesByTheNorm),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    pytest.importorskip("hypothesis")
    results = run_checks(DEFECTS[name](), hypothesis=True)
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["optimizer"])


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Lion", "Adafactor", "Muon"])
def test_a_good_optimizer_passes(name: str) -> None:
    assert len(check_optimizer(getattr(optimizers, name))) == len(CHECKS["optimizer"]) - 1


def test_an_optimizer_of_ones_own_passes() -> None:
    pytest.importorskip("hypothesis")
    assert not check_optimizer(Momentum, arguments={"learning_rate": 0.01}, hypothesis=True).failed
    assert not check_optimizer(optimizers.SGD(0.01, momentum=0.9)).failed


@pytest.mark.cuda
def test_an_optimizer_is_checked_on_the_gpu() -> None:
    assert not check_optimizer(optimizers.Adam).failed
