"""Five updates of every optimizer, beside real Keras with the same gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.variables import Variable

CASES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "clipnorm": 1.0}),
    ("AdamW", {"weight_decay": 0.1}),
    ("RMSprop", {"global_clipnorm": 1.0}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adagrad", {"clipvalue": 0.5}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Lion", {}),
]


def gradients() -> list[np.ndarray]:
    return [np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3) * (i + 1) for i in range(5)]


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras with its own Variable, in Nadam
@pytest.mark.parametrize(
    ("name", "arguments"), CASES, ids=lambda v: v if isinstance(v, str) else "-".join(v) or "defaults"
)
def test_five_updates_equal_those_of_keras(real_keras, name, arguments):
    ours, start = getattr(optimizers, name)(**arguments), np.full((2, 3), 0.5, dtype="float32")
    theirs = getattr(real_keras.optimizers, name)(**arguments)
    variable, expected = Variable(start), real_keras.Variable(start)
    for gradient in gradients():
        ours.apply([torch.tensor(gradient)], [variable])
        theirs.apply([torch.tensor(gradient)], [expected])
        # float32 rounding of the two ways to order the same products
        np.testing.assert_allclose(variable.numpy(), expected.value.detach().numpy(), rtol=2e-6, atol=1e-6)


def test_an_optimizer_is_one_of_torch_and_works_in_a_hand_written_loop():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = optimizers.Adam(0.1, params=[weight])
    assert isinstance(optimizer, torch.optim.Optimizer)
    for _ in range(50):
        optimizer.zero_grad()
        weight.square().sum().backward()
        optimizer.step()
    assert weight.abs().max() < 0.5
    assert optimizer.iterations == 50


def test_a_loaded_state_goes_on_as_the_saved_one():
    def run(steps: int, optimizer, weight) -> None:
        for gradient in gradients()[:steps]:
            weight.grad = torch.tensor(gradient)
            optimizer.step()

    one = torch.nn.Parameter(torch.ones(2, 3))
    whole = optimizers.Adam(0.1, params=[one])
    run(2, whole, one)
    other = torch.nn.Parameter(one.detach().clone())
    resumed = optimizers.Adam(0.5, params=[other])
    resumed.load_state_dict(whole.state_dict())
    run(3, whole, one)
    run(3, resumed, other)
    assert torch.equal(one, other)


def test_torch_schedulers_drive_the_learning_rate():
    optimizer = optimizers.SGD(0.5, params=[torch.nn.Parameter(torch.ones(1))])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.1)
    optimizer.step()
    scheduler.step()
    assert optimizer.learning_rate == pytest.approx(0.05)


def test_a_schedule_sets_the_rate_of_each_update():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizers.SGD(optimizers.schedules.ExponentialDecay(1.0, 1, 0.5), params=[weight])
    for _ in range(3):
        weight.grad = torch.ones(1)
        optimizer.step()
    assert weight.item() == pytest.approx(-(1 + 0.5 + 0.25))
    with pytest.raises(TypeError, match="not settable"):
        optimizer.learning_rate = 0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of"),
        ({"learning_rate": "fast"}, "learning_rate='fast'"),
        ({"lr": 0.1}, "called `learning_rate`"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizers.Adam(**arguments)
