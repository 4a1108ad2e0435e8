"""Passes whose factor is a float or a tensor: one result, beside plain torch in double precision."""

from __future__ import annotations

import pytest
import torch

from tests.recorded_graph import captured
from torchkeras_compat.optimizers import scaling

A, B, C = ([torch.rand(3, 2) + 0.5, torch.rand(4) + 0.5] for _ in range(3))
PASSES = {
    "add_scaled_": (lambda t, f: scaling.add_scaled_(t, B, f), lambda a, b, c, f: a + f * b),
    "add_": (scaling.add_, lambda a, b, c, f: a + f),
    "add_ratio_": (lambda t, f: scaling.add_ratio_(t, B, C, f), lambda a, b, c, f: a + f * b / c),
    "add_product_": (lambda t, f: scaling.add_product_(t, B, C, f), lambda a, b, c, f: a + f * b * c),
    "lerp_": (lambda t, f: scaling.lerp_(t, B, f), lambda a, b, c, f: a + f * (b - a)),
}


@pytest.mark.parametrize("name", PASSES)
@pytest.mark.parametrize("is_tensor", [False, True])
def test_a_pass_computes_its_formula_and_reads_no_number(name, is_tensor):
    run, formula = PASSES[name]
    found = [a.clone() for a in A]
    factor = torch.tensor(0.3) if is_tensor else 0.3
    captured(lambda: run(found, factor))  # where reading a number is an error
    expected = [formula(a.double(), b.double(), c.double(), 0.3).float() for a, b, c in zip(A, B, C, strict=True)]
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)


def test_weights_of_0_and_1_are_exact():
    for weight, expected in ((0.0, A), (1.0, B)):
        found = [a.clone() for a in A]
        scaling.lerp_(found, B, torch.tensor(weight))
        torch.testing.assert_close(found, expected, rtol=0, atol=0)
