"""A momentum that comes later has the numbers, slots and files of an optimizer that was made with it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers, optimizers
from torchkeras_compat.optimizers.replayable import Replayable
from torchkeras_compat.variables import Variable

GRADIENTS = [torch.tensor([[1.0, -2.0], [0.5, 3.0]]), torch.tensor([0.3, -0.7])]
MAKERS: dict[str, Any] = {
    "SGD": lambda **options: optimizers.SGD(0.1, **options),
    "Nesterov": lambda **options: optimizers.SGD(0.1, nesterov=True, **options),
    "RMSprop": lambda **options: optimizers.RMSprop(0.1, **options),
    "centered": lambda **options: optimizers.RMSprop(0.1, centered=True, **options),
    "all options": lambda **options: optimizers.RMSprop(
        0.1, centered=True, use_ema=True, gradient_accumulation_steps=2, weight_decay=0.1, **options
    ),
}


class Problem:
    """Two weights with fixed gradients, and an optimizer."""

    def __init__(self, optimizer: Any) -> None:
        self.weights = [Variable(torch.ones(2, 2), name="kernel"), Variable(torch.ones(2), name="bias")]
        self.optimizer = optimizer
        optimizer.build(self.weights)

    def step(self, gradients=GRADIENTS) -> None:
        for weight, gradient in zip(self.weights, gradients, strict=True):
            weight.parameter.grad = gradient
        self.optimizer.update()

    def assert_equals(self, other: Any) -> None:
        torch.testing.assert_close(*[[v.value for v in p.weights] for p in (self, other)], rtol=0, atol=0)
        own, others = ([(v.name, tuple(v.shape)) for v in p.optimizer.variables] for p in (self, other))
        assert own == others
        torch.testing.assert_close(*[[v.value for v in p.optimizer.variables] for p in (self, other)], rtol=0, atol=0)


@pytest.mark.parametrize("case", MAKERS)
def test_before_the_first_update_it_is_as_if_it_had_always_been_there(case):
    expected, found = Problem(MAKERS[case](momentum=0.9)), Problem(MAKERS[case]())
    found.optimizer.momentum = 0.9
    for _ in range(4):
        expected.step()
        found.step()
    found.assert_equals(expected)
    assert found.optimizer.get_config()["momentum"] == 0.9


@pytest.mark.parametrize("case", ["SGD", "Nesterov"])
def test_later_it_is_that_of_torch(case):
    found = Problem(MAKERS[case]())
    twins = [torch.nn.Parameter(torch.ones_like(g)) for g in GRADIENTS]
    other = torch.optim.SGD(twins, 0.1)
    for momentum in (0.0, 0.0, 0.8, 0.9, 0.0, 0.7):
        found.optimizer.param_groups[0]["momentum"] = other.param_groups[0]["momentum"] = momentum
        other.param_groups[0]["nesterov"] = case == "Nesterov" and momentum > 0
        for twin, gradient in zip(twins, GRADIENTS, strict=True):
            twin.grad = gradient.clone()
        other.step()
        found.step()
    torch.testing.assert_close([v.value for v in found.weights], [t.detach() for t in twins])


@pytest.mark.parametrize("case", MAKERS)
def test_weights_without_a_gradient_have_velocities_too(case):
    expected, found = Problem(MAKERS[case](momentum=0.9)), Problem(MAKERS[case]())
    found.optimizer.momentum = 0.9
    for gradients in ([None, GRADIENTS[1]], GRADIENTS):
        expected.step(gradients)
        found.step(gradients)
    found.assert_equals(expected)


@pytest.mark.parametrize("case", MAKERS)
def test_replayed_updates_begin_with_it(case):
    expected, found = Problem(MAKERS[case]()), Problem(MAKERS[case]())
    for weight, gradient in zip(found.weights, GRADIENTS, strict=True):
        weight.parameter.grad = gradient
    replayable, keys = Replayable(found.optimizer), []
    for i in range(4):
        if i == 2:
            expected.optimizer.momentum = found.optimizer.momentum = 0.9
        keys.append(replayable.advance())
        replayable.update()
        expected.step()
    torch.testing.assert_close([v.value for v in found.weights], [v.value for v in expected.weights])
    assert len(set(keys[:2]) & set(keys[2:])) == 0  # another graph


@pytest.mark.parametrize("case", MAKERS)
def test_the_state_goes_into_another_optimizer(case):
    first = Problem(MAKERS[case]())
    first.step()
    first.optimizer.momentum = 0.9
    first.step()
    second = Problem(MAKERS[case]())
    for weight, value in zip(second.weights, first.weights, strict=True):
        weight.assign(value.value.detach())
    second.optimizer.load_state_dict(copy.deepcopy(first.optimizer.state_dict()))
    for problem in (first, second):
        problem.step()
        problem.step()
    second.assert_equals(first)


@pytest.mark.parametrize("case", ["SGD", "centered"])
def test_a_file_holds_it(case, tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model.compile(MAKERS[case](), "mse")
    x, y = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    model.train_on_batch(x, y)
    model.optimizer.momentum = 0.9
    model.train_on_batch(x, y)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for one in (model, again):
        one.train_on_batch(x, y)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["scaled loss", "several"])
def test_optimizers_within_others_begin_with_it(kind):
    expected = Problem(MAKERS["SGD"](momentum=0.9))
    inner = MAKERS["SGD"]()
    found = Problem(
        optimizers.LossScaleOptimizer(inner, initial_scale=1.0)
        if kind == "scaled loss"
        else optimizers.MultiOptimizer(optimizers.OptimizerMap(inner, {}))
    )
    found.optimizer.param_groups[0]["momentum"] = 0.9
    for _ in range(3):
        expected.step()
        found.step()
    torch.testing.assert_close([v.value for v in found.weights], [v.value for v in expected.weights], rtol=0, atol=0)
