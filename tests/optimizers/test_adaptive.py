"""Adagrad, Adadelta, Adamax and Nadam beside Keras."""

from __future__ import annotations

from typing import ClassVar

import torch

from tests.optimizers.against_keras import Case, OptimizerChecks
from torchkeras_compat.optimizers import Adagrad, Nadam


class TestAdaptive(OptimizerChecks):
    names: ClassVar[list[str]] = ["Adagrad", "Adadelta", "Adamax", "Nadam"]
    own: ClassVar[list[Case]] = [
        Case("Adagrad", {"initial_accumulator_value": 0.5}),
        Case("Adadelta", {"learning_rate": 1.0, "rho": 0.8}),
    ]


def steps(optimizer, weight, some) -> torch.Tensor:
    for i in some:
        weight.grad = torch.tensor([1.0, -2.0]) * (i + 1)
        optimizer.step()
    return weight.detach().clone()


def test_nadam_goes_on_from_an_earlier_state_of_itself():
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = Nadam(0.1, params=[weight])
    start = steps(optimizer, weight, range(3))
    state = {**optimizer.state_dict(), "state": {k: dict(v) for k, v in optimizer.state_dict()["state"].items()}}
    for slots in state["state"].values():
        slots.update({k: v.clone() for k, v in slots.items()})
    for count in (1, 2):  # the next step is, or is not, the one that it made last
        expected = steps(optimizer, weight, range(3, 3 + count))
        with torch.no_grad():
            weight.copy_(start)
        optimizer.load_state_dict(state)
        torch.testing.assert_close(steps(optimizer, weight, range(3, 3 + count)), expected, rtol=0, atol=0)
        with torch.no_grad():
            weight.copy_(start)
        optimizer.load_state_dict(state)


def test_nadam_takes_back_updates_in_a_row():
    optimizer = Nadam(0.1, params=[torch.nn.Parameter(torch.ones(2))])
    expected = Nadam(0.1, params=[torch.nn.Parameter(torch.ones(2))])
    for _ in range(5):
        optimizer._decide()
        optimizer._count()
    for _ in range(3):
        optimizer._take_back_count()
    for _ in range(2):
        expected._decide()
        expected._count()
    assert optimizer._decide() == expected._decide()
    assert float(optimizer.variables[-1]) == float(expected.variables[-1])


def test_a_gradient_with_strides_of_its_own_reaches_its_elements():
    results = []
    for turned in (False, True):
        weight = torch.nn.Parameter(torch.ones(2, 3))
        gradient = torch.arange(6.0).reshape(2, 3)
        weight.grad = gradient.T.contiguous().T if turned else gradient
        Adagrad(0.1, params=[weight]).step()
        results.append(weight.detach())
    torch.testing.assert_close(*results, rtol=1e-6, atol=0)
