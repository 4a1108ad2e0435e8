"""SGD beside Keras and torch."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

import torchkeras_compat
from tests.optimizers.against_keras import Case, OptimizerChecks, check_calls_of_a_step
from torchkeras_compat import optimizers


class TestSGD(OptimizerChecks):
    names: ClassVar[list[str]] = ["SGD"]
    own: ClassVar[list[Case]] = [
        Case("SGD", {"momentum": 0.9}),
        Case("SGD", {"momentum": 0.9, "nesterov": True}),
    ]


def test_a_step_makes_fewer_python_calls_than_that_of_torch():
    check_calls_of_a_step("SGD")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("size", [8, 16, 40])
@pytest.mark.parametrize("arguments", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}], ids=str)
def test_sgd_moves_every_value_in_any_precision(dtype, size, arguments):
    """Torch 2.13's fused kernel on the CPU moves only the last few values of a half-precision tensor."""
    weight = torch.nn.Parameter(torch.ones(size, dtype=dtype))
    plain = torch.nn.Parameter(torch.ones(size, dtype=dtype))
    ours = optimizers.SGD(0.125, **arguments)
    ours.build([weight])
    theirs = torch.optim.SGD([plain], lr=0.125, fused=False, **arguments)
    for _ in range(2):
        for parameter in (weight, plain):
            parameter.grad = torch.linspace(0.5, 1, size).to(dtype)
        ours.step()
        theirs.step()
    torch.testing.assert_close(weight, plain, rtol=0, atol={torch.bfloat16: 0.02, torch.float16: 2e-3}.get(dtype, 1e-9))


def test_momentums_are_the_velocities(real_keras):
    for momentum in (0.0, 0.9):
        made = []
        for space in (real_keras, torchkeras_compat):
            optimizer = space.optimizers.SGD(0.1, momentum)
            optimizer.build([space.Variable([1.0, 2.0], name="w"), space.Variable(1.0, name="b")])
            made.append([v.name for v in optimizer.momentums])
        assert made[0] == made[1]


def test_all_arguments_go_by_position():
    optimizer = torchkeras_compat.optimizers.SGD(0.1, 0.5, True, 0.01, None, 2.0, None, True, 0.9, 3, 8.0, 2, "mine")
    config = optimizer.get_config()
    wanted = {"weight_decay": 0.01, "clipvalue": 2.0, "use_ema": True, "ema_momentum": 0.9, "name": "mine"}
    wanted |= {"ema_overwrite_frequency": 3, "loss_scale_factor": 8.0, "gradient_accumulation_steps": 2}
    assert {name: config[name] for name in wanted} == wanted
