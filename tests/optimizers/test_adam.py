"""Adam and AdamW beside Keras and torch."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

from tests.optimizers.against_keras import Case, OptimizerChecks, check_calls_of_a_step, gradients
from torchkeras_compat import optimizers
from torchkeras_compat.optimizers import adam


class TestAdam(OptimizerChecks):
    names: ClassVar[list[str]] = ["Adam", "AdamW"]
    own: ClassVar[list[Case]] = [
        Case("Adam", {"amsgrad": True, "beta_1": 0.8, "epsilon": 0.001}),
    ]


def test_a_step_makes_fewer_python_calls_than_that_of_torch():
    check_calls_of_a_step("Adam")


@pytest.mark.parametrize("amsgrad", [False, True])
def test_adam_is_the_same_without_a_fused_kernel(monkeypatch, amsgrad):
    results = []
    for devices in (adam.FUSED_DEVICES, frozenset()):
        monkeypatch.setattr(adam, "FUSED_DEVICES", devices)
        weight = torch.nn.Parameter(torch.ones(2, 3))
        optimizer = optimizers.Adam(0.1, amsgrad=amsgrad, params=[weight])
        for gradient in gradients():
            weight.grad = torch.tensor(gradient)
            optimizer.step()
        results.append(weight.detach())
    torch.testing.assert_close(*results, rtol=1e-6, atol=1e-6)
