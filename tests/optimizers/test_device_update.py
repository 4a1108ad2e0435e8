"""Updates apart from what the host decides about them."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.optimizers.device_update import Plan


def built(optimizer):
    weight = torch.nn.Parameter(torch.ones(3))
    weight.grad = torch.ones(3)
    optimizer.build([weight])
    return optimizer


def test_a_plan_holds_what_changes_from_step_to_step():
    optimizer = built(optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)))
    found = []
    for _ in range(2):
        plan = optimizer._decide()
        assert isinstance(plan, Plan)
        found.append(list(plan.all_numbers()))
        optimizer._count()
    assert found[0] != found[1]


@pytest.mark.parametrize("steps", [2, 3])
def test_the_key_says_which_operations_are_due(steps):
    optimizer = built(optimizers.SGD(0.1, gradient_accumulation_steps=steps))
    keys = []
    for _ in range(2 * steps):
        keys.append(optimizer._decide().key)
        optimizer._count()
    assert len(set(keys)) == 2
    assert keys[:steps] == keys[steps:]
