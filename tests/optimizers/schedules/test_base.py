"""Schedules of one's own, and how an optimizer uses one."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import ops, optimizers
from torchkeras_compat.optimizers import schedules


def test_a_schedule_sets_the_rate_of_each_update():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(schedules.ExponentialDecay(1.0, 1, 0.5), params=[weight])
    assert len(optimizer.variables) == 1
    for _ in range(3):
        weight.grad = torch.ones(1)
        optimizer.step()
    assert weight.item() == pytest.approx(-(1 + 0.5 + 0.25))
    assert float(optimizer.learning_rate) == 0.125
    with pytest.raises(TypeError, match="not settable"):
        optimizer.learning_rate = 0.1


def test_a_schedule_of_tensors_computes_on_the_cpu():
    devices = []

    class Inverse(schedules.LearningRateSchedule):
        def __call__(self, step):
            x = ops.cast(step, "float32")
            devices.append(x.device.type)
            return ops.minimum(x**-0.5, 1.0)  # infinite at step 0

    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(Inverse(), params=[weight])
    for _ in range(2):
        weight.grad = torch.ones(1)
        optimizer.step()
    assert weight.item() == -2.0
    assert devices == ["cpu", "cpu"]
    with pytest.raises(NotImplementedError, match="get_config"):
        optimizer.get_config()


def test_an_unknown_name_comes_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'CosineDecay'"):
        schedules.deserialize({"class_name": "CosineDekay", "config": {}})


def test_a_subclass_of_a_schedule_of_ours_gets_tensors_as_well():
    steps = []

    class Noted(schedules.ExponentialDecay):
        def __call__(self, step):
            steps.append(step)
            return super().__call__(step)

    optimizer = optimizers.SGD(Noted(0.5, 1, 0.5), params=[torch.nn.Parameter(torch.zeros(1))])
    assert float(optimizer.learning_rate) == 0.5
    assert steps and all(isinstance(step, torch.Tensor) for step in steps)
