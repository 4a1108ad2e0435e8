"""Checks of activations: each one catches the defect that was planted for it, and good activations pass all."""

from __future__ import annotations

import functools

import pytest
import torch

from torchkeras_compat import activations
from torchkeras_compat.testing import check_activation
from torchkeras_compat.testing.activation import ActivationSubject
from torchkeras_compat.testing.check import CHECKS, run_checks


def answers_in_float32(x):
    return torch.tanh(x) if x.dtype is torch.float64 else torch.tanh(x).float()


def stops_half_of_the_gradient(x):
    return torch.tanh(x) * torch.tanh(x).detach()


def overflows(x):
    return torch.exp(x) / (1 + torch.exp(x))


def has_no_slope_at_zero(x):
    return torch.sqrt(x * x)


def fails_between(x):
    return torch.tanh(x) + torch.where((x > 40) & (x < 60), float("inf"), 0.0).to(x.dtype)


DEFECTS = {
    "output": functools.partial(ActivationSubject, answers_in_float32),
    "gradients": functools.partial(ActivationSubject, stops_half_of_the_gradient),
    "extremes": functools.partial(ActivationSubject, has_no_slope_at_zero),
    "any_values": functools.partial(ActivationSubject, fails_between),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    pytest.importorskip("hypothesis")
    results = run_checks(DEFECTS[name](), hypothesis=True)
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["activation"])


@pytest.mark.parametrize("name", ["relu", "softmax", "gelu", "softplus", "elu", "tanh", "silu", "sparsemax"])
def test_a_good_activation_passes(name: str) -> None:
    pytest.importorskip("hypothesis")
    assert len(check_activation(getattr(activations, name), hypothesis=True)) == len(CHECKS["activation"])


def test_what_overflows_is_caught_at_the_extremes() -> None:
    results = run_checks(ActivationSubject(overflows))
    assert [result.check for result in results.failed] == ["extremes"]
