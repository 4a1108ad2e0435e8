"""Arithmetic of two operands, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.ops.against_numpy import POSITIVE, check_two_integers, check_two_operands
from torchkeras_compat import ops


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "divide",
        "floor_divide",
        "fmax",
        "fmin",
        "fmod",
        "heaviside",
        "hypot",
        "maximum",
        "minimum",
        "mod",
        "multiply",
        "nextafter",
        "subtract",
        "true_divide",
    ],
)
def test_two_operands_follow_numpy(name):
    check_two_operands(name)


@pytest.mark.parametrize("name", "gcd lcm floor_divide mod power".split())
def test_two_integers_follow_numpy(name):
    check_two_integers(name)


def test_divide_no_nan_has_no_nan_in_the_gradient_either():
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([0.0, 2.0], requires_grad=True)
    ops.divide_no_nan(x, y).sum().backward()
    np.testing.assert_allclose(x.grad, [0.0, 0.5])
    np.testing.assert_allclose(y.grad, [0.0, -0.5])


def test_numbers_may_stand_on_the_left():
    np.testing.assert_allclose(ops.subtract(1, POSITIVE), 1 - POSITIVE)
    np.testing.assert_allclose(ops.power(2, POSITIVE), 2**POSITIVE, rtol=1e-6)
    np.testing.assert_allclose(ops.maximum(2, POSITIVE), np.maximum(2, POSITIVE))


def test_ldexp_wants_integer_exponents():
    np.testing.assert_allclose(ops.ldexp(POSITIVE, np.array([1, 2, 3])), np.ldexp(POSITIVE, [1, 2, 3]))
    with pytest.raises(TypeError, match=r"torch\.float32"):
        ops.ldexp(POSITIVE, np.float32(1.0))


def test_numpy_numbers_have_their_dtype_among_numbers():
    """Beside a tensor with axes they are numbers, as those of Python are."""
    half = torch.ones(2, dtype=torch.float16)
    assert ops.multiply(half, 2.0).dtype is torch.float16
    assert ops.multiply(half, np.float32(2.0)).dtype is torch.float16
    assert ops.add(torch.ones(2, dtype=torch.int32), np.int64(1)).dtype is torch.int32
    assert ops.subtract(np.bool_(True), np.int16(1)).dtype is torch.int16
    assert ops.bitwise_or(np.int64(9), np.int32(37)).dtype is torch.int64
    assert ops.add(half[0], np.float32(1.0)).dtype is torch.float32
    assert ops.arange(np.int64(3)).dtype is torch.int32
