"""The learning rate and the number of updates: host numbers that look like Keras's variables."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.variables import Variable


def test_the_rate_reads_as_a_number_and_as_a_variable():
    rate = optimizers.Adam(0.25, name="adam").learning_rate
    assert isinstance(rate, Variable)
    assert float(rate) == 0.25 and rate == 0.25 and rate < 0.3
    assert rate.value.dtype is torch.float32 and rate.value.device.type == "cpu"
    assert rate.numpy().dtype == np.float32 and rate.numpy() == 0.25
    assert np.asarray(rate) == 0.25
    assert rate.path == "adam/learning_rate" and rate.shape == () and not rate.trainable
    assert f"{rate:.3f}" == "0.250"
    assert repr(rate) == "<Variable path=adam/learning_rate, shape=(), dtype=float32, value=0.25>"
    assert rate * 2 == 0.5 and 1 - rate == 0.75


@pytest.mark.parametrize(
    "change",
    [
        lambda o: setattr(o, "learning_rate", 0.5),
        lambda o: setattr(o, "lr", 0.5),
        lambda o: setattr(o, "learning_rate", torch.tensor(0.5)),
        lambda o: o.learning_rate.assign(0.5),
        lambda o: o.learning_rate.assign(np.float32(0.5)),
        lambda o: o.learning_rate.assign_add(0.25),
        lambda o: o.learning_rate.assign_sub(-0.25),
        lambda o: o.variables[1].assign(0.5),
        lambda o: o.param_groups[0].__setitem__("lr", 0.5),
    ],
)
@pytest.mark.parametrize("is_built", [False, True])
def test_every_way_to_set_the_rate_counts(change, is_built):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(0.25)
    if is_built:
        optimizer.build([weight])
    change(optimizer)
    assert float(optimizer.learning_rate) == float(optimizer.lr) == 0.5
    optimizer.apply([torch.ones(1)], [weight])
    assert weight.item() == -0.5


def test_the_count_is_settable_and_counts_updates():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(0.25, gradient_accumulation_steps=2, params=[weight])
    for _ in range(3):
        weight.grad = torch.ones(1)
        optimizer.step()
    assert int(optimizer.iterations) == 1
    assert optimizer.variables[0].numpy() == 3
    optimizer.iterations.assign(5)
    assert optimizer.variables[0].numpy() == 10
    assert range(10)[optimizer.iterations] == 5


def test_callables_are_asked_at_each_update():
    rates = iter([0.5, 0.25])
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(lambda: next(rates))
    for _ in range(2):
        optimizer.apply([torch.ones(1)], [weight])
    assert weight.item() == -0.75


def test_values_with_axes_are_refused():
    with pytest.raises(ValueError, match=r"value.shape=\(1,\)"):
        optimizers.SGD().learning_rate.assign([0.1])
    with pytest.raises(ValueError, match="learning_rate='fast'"):
        optimizers.SGD().learning_rate = "fast"


def test_torch_schedulers_drive_the_learning_rate():
    optimizer = optimizers.SGD(0.5, params=[torch.nn.Parameter(torch.ones(1))])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
    optimizer.step()
    scheduler.step()
    assert float(optimizer.learning_rate) == pytest.approx(0.05)
