"""SGD beside Keras and torch."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

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
