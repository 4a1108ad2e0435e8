"""Learning-rate schedules over many steps, beside real Keras, and the updates made with them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops, optimizers
from torchkeras_compat.optimizers import schedules
from torchkeras_compat.variables import Variable

CASES = [
    ("ExponentialDecay", (0.1, 7, 0.9), {}),
    ("ExponentialDecay", (0.1, 7, 0.9), {"staircase": True}),
    ("InverseTimeDecay", (0.1, 7, 0.5), {}),
    ("InverseTimeDecay", (0.1, 7, 0.5), {"staircase": True}),
    ("PiecewiseConstantDecay", ([10, 20.5, 30], [1.0, 0.5, 0.25, 0.1]), {}),
    ("PolynomialDecay", (0.1, 20), {}),
    ("PolynomialDecay", (0.1, 20), {"end_learning_rate": 0.01, "power": 2.0}),
    ("PolynomialDecay", (0.1, 20), {"power": 0.5, "cycle": True}),
    ("CosineDecay", (0.1, 20), {"alpha": 0.1}),
    ("CosineDecay", (0.0, 20), {"warmup_target": 0.5, "warmup_steps": 10}),
    ("CosineDecay", (0.1, 20), {"warmup_steps": 10}),
    ("CosineDecay", (0.1, 20), {"warmup_target": 0.5}),
    ("CosineDecayRestarts", (0.1, 10), {}),
    ("CosineDecayRestarts", (0.1, 10), {"t_mul": 1.0, "m_mul": 0.5}),
    ("CosineDecayRestarts", (0.1, 10), {"t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), CASES, ids=lambda v: v if isinstance(v, str) else None)
def test_rates_are_those_of_keras(real_keras, name, arguments, options):
    ours = getattr(schedules, name)(*arguments, **options)
    theirs = getattr(real_keras.optimizers.schedules, name)(*arguments, **options)
    steps = range(0, 61, 3)
    expected = [float(theirs(step)) for step in steps]
    # Keras computes in float32; where a restart falls on a step, it may take either side.
    np.testing.assert_allclose([ours(step) for step in steps], expected, rtol=1e-4, atol=1e-6)
    assert ours.get_config() == theirs.get_config()
    assert type(ours(3)) is float
    assert ours(torch.tensor(3)) == ours(3) == ours(Variable(3.0))


@pytest.mark.parametrize(("name", "arguments", "options"), CASES, ids=lambda v: v if isinstance(v, str) else None)
def test_configs_round_trip(real_keras, name, arguments, options):
    ours = getattr(schedules, name)(*arguments, **options)
    config = schedules.serialize(ours)
    assert config == real_keras.optimizers.schedules.serialize(
        getattr(real_keras.optimizers.schedules, name)(*arguments, **options)
    )
    again = schedules.deserialize(config)
    assert type(again) is type(ours) and again.get_config() == ours.get_config()
    short = schedules.deserialize({"class_name": name, "config": ours.get_config()})
    assert short.get_config() == ours.get_config()
    optimizer = optimizers.deserialize(optimizers.serialize(optimizers.SGD(ours)))
    assert optimizer._schedule.get_config() == ours.get_config()


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


def test_a_subclass_of_a_schedule_of_ours_gets_tensors_as_well():
    steps = []

    class Noted(schedules.ExponentialDecay):
        def __call__(self, step):
            steps.append(step)
            return super().__call__(step)

    optimizer = optimizers.SGD(Noted(0.5, 1, 0.5), params=[torch.nn.Parameter(torch.zeros(1))])
    assert float(optimizer.learning_rate) == 0.5
    assert steps and all(isinstance(step, torch.Tensor) for step in steps)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.PiecewiseConstantDecay([1, 2], [1.0]), "boundaries=.1, 2. of length 2"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1.0, 2.0, 3.0]), r"must increase.*\[2, 1\]"),
        (lambda: schedules.PolynomialDecay(0.1, 0), "decay_steps=0"),
        (lambda: schedules.ExponentialDecay(0.1, -1, 0.5), "decay_steps=-1"),
        (lambda: schedules.InverseTimeDecay(0.1, 0, 0.5), "decay_steps=0"),
        (lambda: schedules.CosineDecay(0.1, 0), "decay_steps=0"),
        (lambda: schedules.CosineDecayRestarts(0.1, 0), "first_decay_steps=0"),
        (lambda: schedules.CosineDecayRestarts(0.1, 5, t_mul=0), "t_mul=0"),
        (lambda: schedules.deserialize({"class_name": "CosineDekay", "config": {}}), "Did you mean 'CosineDecay'"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_decays_that_get_shorter_end():
    assert schedules.CosineDecayRestarts(1.0, 10, t_mul=0.5, alpha=0.2)(100) == 0.2
