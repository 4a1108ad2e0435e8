"""Normal, uniform, truncated normal, gamma and beta distributions."""

from __future__ import annotations

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.random.moments import N, check_meta_device, check_moments
from torchkeras_compat import device
from torchkeras_compat.random.continuous_distributions import beta, gamma, normal, truncated_normal, uniform

CASES = {
    "normal": (lambda **k: normal((N,), 1.0, 2.0, **k), 1.0, 2.0),
    "normal of tensors": (lambda **k: normal((N,), torch.tensor(1.0), torch.tensor(2.0), **k), 1.0, 2.0),
    "uniform": (lambda **k: uniform((N,), -1.0, 3.0, **k), 1.0, 4 / math.sqrt(12)),
    "uniform of tensors": (lambda **k: uniform((N,), torch.tensor(-1.0), 3.0, **k), 1.0, 4 / math.sqrt(12)),
    "truncated_normal": (lambda **k: truncated_normal((N,), 1.0, 2.0, **k), 1.0, 2 * 0.87962566),
    "gamma": (lambda **k: gamma((N,), 3.0, **k), 3.0, math.sqrt(3.0)),
    "beta": (lambda **k: beta((N,), 2.0, 3.0, **k), 0.4, 0.2),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_moments_and_dtype(name, dtype):
    check_moments(*CASES[name], dtype)


@pytest.mark.parametrize("name", CASES)
def test_shapes_on_the_meta_device(name):
    check_meta_device(CASES[name][0])


def test_parameters_broadcast():
    assert gamma((4, 2), [1.0, 1000.0]).mean(dim=0)[1] > 500


def test_truncated_normal_stays_within_two_deviations():
    x = truncated_normal([N], 5.0, 0.5)
    assert 4 <= x.min() and x.max() <= 6


def test_an_integer_dtype_is_refused():
    with pytest.raises(ValueError, match="random.normal` requires a floating point `dtype`"):
        normal((2,), dtype="int32")


@pytest.mark.parametrize("alpha", [2, 0.5])
def test_numbers_are_not_copied_to_the_device(alpha):
    """Which would wait for it: they are written there."""

    class Copies(TorchDispatchMode):
        found = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.found += any(isinstance(x, torch.Tensor) and x.device.type == "cpu" for x in args)
            return func(*args, **(kwargs or {}))

    with device("meta"), Copies() as copies:
        assert beta((4,), alpha, alpha).is_meta and gamma((4,), alpha).is_meta
    assert not copies.found
