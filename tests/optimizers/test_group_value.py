"""Schedulers of torch with optimizers of this package: what they set has effect, beside the optimizers of torch."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler, swa_utils

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers.schedules import ExponentialDecay
from torchkeras_compat.variables import Variable

STEPS = 12

SCHEDULERS: dict[str, Any] = {
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    "MultiplicativeLR": lambda o: lr_scheduler.MultiplicativeLR(o, lambda epoch: 0.9),
    "StepLR": lambda o: lr_scheduler.StepLR(o, 3),
    "MultiStepLR": lambda o: lr_scheduler.MultiStepLR(o, [2, 5]),
    "ConstantLR": lambda o: lr_scheduler.ConstantLR(o, 0.5, 4),
    "LinearLR": lambda o: lr_scheduler.LinearLR(o),
    "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.8),
    "PolynomialLR": lambda o: lr_scheduler.PolynomialLR(o, 10, 2.0),
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 5),
    "CosineAnnealingWarmRestarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 4),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler(
        [lr_scheduler.ConstantLR(o, 0.5, 4), lr_scheduler.ExponentialLR(o, 0.9)]
    ),
    "SequentialLR": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.ConstantLR(o, 0.5, 4), lr_scheduler.ExponentialLR(o, 0.9)], [3]
    ),
    "ReduceLROnPlateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=2),
    "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(o, 0.3, total_steps=STEPS + 1),
    "CyclicLR": lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.2, step_size_up=3),
    "SWALR": lambda o: swa_utils.SWALR(o, swa_lr=0.05, anneal_epochs=5),
}


def trajectory(optimizer: Any, weight: torch.Tensor, scheduler: Any) -> tuple[list[float], list[torch.Tensor]]:
    rates, weights = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (weight * torch.tensor([1.0, -2.0])).sum().backward()
        optimizer.step()
        rates.append(optimizer.param_groups[0]["lr"])
        weights.append(weight.detach().clone())
        scheduler.step(1.0) if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau) else scheduler.step()
    return rates, weights


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_of_torch_rules_adam_as_it_rules_the_adam_of_torch(name):
    results = []
    for make in (
        lambda w: optimizers.Adam(0.1, epsilon=1e-12, params=[w]),
        lambda w: torch.optim.Adam([w], 0.1, betas=(0.9, 0.999), eps=1e-12),
    ):
        weight = torch.nn.Parameter(torch.ones(2))
        optimizer = make(weight)
        results.append(trajectory(optimizer, weight, SCHEDULERS[name](optimizer)))
    assert results[0][0] == results[1][0]
    assert len(set(results[0][0])) > 1
    torch.testing.assert_close(results[0][1], results[1][1], rtol=1e-5, atol=1e-6)  # float32 rounding of two kernels


@pytest.mark.parametrize("name", ["OneCycleLR", "CyclicLR"])
@pytest.mark.parametrize(
    "make",
    [
        lambda w: optimizers.SGD(0.1, momentum=0.9, params=[w]),
        lambda w: optimizers.SGD(0.1, nesterov=True, params=[w]),
        lambda w: optimizers.RMSprop(0.1, momentum=0.9, params=[w]),
        lambda w: optimizers.RMSprop(0.1, params=[w]),
        *(
            lambda w, n=n: getattr(optimizers, n)(0.1, params=[w])
            for n in ("Adam", "AdamW", "Adamax", "Nadam", "Lamb", "Lion", "Muon", "ScheduleFreeAdamW")
        ),
    ],
)
def test_a_cycled_momentum_is_that_of_the_updates(name, make):
    """The same numbers as when the rate and the momentum are set by hand before each update."""
    weight, other = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimizer, by_hand = make(weight), make(other)
    scheduler = SCHEDULERS[name](optimizer)
    key = "beta_1" if hasattr(optimizer, "beta_1") else "momentum"
    seen = []
    for _ in range(STEPS):
        by_hand.learning_rate = optimizer.param_groups[0]["lr"]
        group = optimizer.param_groups[0]
        setattr(by_hand, key, group["betas"][0] if key == "beta_1" else group["momentum"])
        seen.append(getattr(optimizer, key))
        weight.grad, other.grad = torch.tensor([1.0, -2.0]), torch.tensor([1.0, -2.0])
        optimizer.step()
        by_hand.step()
        torch.testing.assert_close(weight, other, rtol=0, atol=0)
        scheduler.step()
    assert min(seen) < 0.9 and len(set(seen)) > 2
    assert optimizer.get_config()[key] == getattr(optimizer, key)


@pytest.mark.parametrize("momentum", [0.9, 0.0])
@pytest.mark.parametrize("kind", ["SGD", "RMSprop"])
def test_a_cycled_momentum_is_that_of_torch_with_or_without_one_before(kind, momentum):
    """With a fixed rate, where the velocities of Keras and of torch differ by the rate alone."""
    results = []
    for make in {
        "SGD": (
            lambda w: optimizers.SGD(0.1, momentum=momentum, params=[w]),
            lambda w: torch.optim.SGD([w], 0.1, momentum=momentum),
        ),
        "RMSprop": (
            lambda w: optimizers.RMSprop(0.1, momentum=momentum, epsilon=1e-12, params=[w]),
            lambda w: torch.optim.RMSprop([w], 0.1, alpha=0.9, momentum=momentum, eps=1e-12),
        ),
    }[kind]:
        weight = torch.nn.Parameter(torch.ones(2))
        optimizer = make(weight)
        results.append(trajectory(optimizer, weight, lr_scheduler.CyclicLR(optimizer, 0.1, 0.1, step_size_up=3)))
    torch.testing.assert_close(results[0], results[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["OneCycleLR", "CyclicLR"])
@pytest.mark.parametrize("optimizer", ["Adagrad", "Adadelta", "Adafactor", "Ftrl"])
def test_cycling_a_momentum_that_is_not_there_is_refused(name, optimizer):
    """As by the optimizers of these names in torch, which has no Ftrl."""
    weight = torch.nn.Parameter(torch.ones(2))
    makers = [lambda: getattr(optimizers, optimizer)(0.1, params=[weight])]
    if optimizer != "Ftrl":
        makers.append(lambda: getattr(torch.optim, optimizer)([weight], 0.1))
    for make in makers:
        with pytest.raises(ValueError, match="must support momentum"):
            SCHEDULERS[name](make())


@pytest.mark.parametrize("is_built", [True, False], ids=["built", "unbuilt"])
@pytest.mark.parametrize("case", ["scaled loss", "several"])
def test_schedulers_reach_the_optimizers_within(case, is_built):
    weight, bias = Variable(torch.ones(2), name="w"), Variable(torch.ones(2), name="bias")
    inner = [optimizers.Adam(0.1), optimizers.Adamax(0.2)]
    if case == "scaled loss":
        optimizer: Any = optimizers.LossScaleOptimizer(inner[0], initial_scale=4.0)
        inner = inner[:1]
    else:
        optimizer = optimizers.MultiOptimizer(optimizers.OptimizerMap(inner[0], {"bias": inner[1]}))
    if is_built:
        optimizer.build([weight, bias])
    scheduler = lr_scheduler.OneCycleLR(optimizer, [0.4] * len(inner), total_steps=STEPS)
    gradient = torch.full((2,), 4.0)
    for _ in range(3):
        optimizer.apply([gradient, gradient], [weight, bias])
        scheduler.step()
    for one in inner:
        assert float(one.learning_rate) == scheduler.get_last_lr()[0] > 0.2
        assert one.beta_1 < 0.95
    state = optimizer.state_dict()
    optimizer.load_state_dict(state)
    scheduler.step()
    assert all(float(one.learning_rate) == scheduler.get_last_lr()[0] for one in inner)


def test_a_scheduler_of_torch_beside_a_schedule_of_keras_is_refused():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.SGD(ExponentialDecay(0.1, 2, 0.5), params=[weight])
    lr_scheduler.StepLR(optimizer, 3)
    weight.grad = torch.ones(2)
    with pytest.raises(ValueError, match="both to a scheduler of torch and a `learning_rate` that is a Exponential"):
        optimizer.step()


def test_an_optimizer_with_a_scheduler_is_copied():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.Adam(0.1, params=[weight])
    lr_scheduler.StepLR(optimizer, 3)
    for again, other in (copy.deepcopy((optimizer, weight)), pickle.loads(pickle.dumps((optimizer, weight)))):
        other.grad = torch.ones(2)
        again.step()
        assert again.iterations == 1 and optimizer.iterations == 0
        torch.testing.assert_close(other.detach(), torch.full((2,), 0.9))


def test_a_state_without_momentum_leaves_it_as_it_is():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.Adam(0.1, beta_1=0.5, params=[weight])
    state = optimizer.state_dict()
    del state["param_groups"][0]["betas"]
    optimizer.load_state_dict(state)
    assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)
