"""Elementwise functions against NumPy: arithmetic, elementwise, exponential, trigonometry, bitwise, logic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

REAL = np.array([[-1.5, -0.3, 0.0], [0.4, 0.9, 2.6]], "float32")
UNIT = np.array([[-0.9, -0.3, 0.0], [0.4, 0.5, 0.8]], "float32")
POSITIVE = np.array([[1.0, 1.5, 2.0], [2.5, 3.0, 9.0]], "float32")
UNARY = {
    REAL.tobytes(): (
        REAL,
        "absolute angle arcsinh arctan cbrt ceil conj cos cosh deg2rad exp exp2 expm1 fabs floor i0 imag isfinite "
        "isinf isnan isreal isneginf isposinf logical_not negative rad2deg real sign signbit sin sinc sinh square tan "
        "tanh trunc",
    ),
    UNIT.tobytes(): (UNIT, "arccos arcsin arctanh log1p"),
    POSITIVE.tobytes(): (POSITIVE, "arccosh log log10 log2 reciprocal sqrt"),
}
BINARY = (
    "add arctan2 divide equal floor_divide fmax fmin fmod greater greater_equal heaviside hypot isclose less "
    "less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply nextafter "
    "not_equal subtract true_divide"
).split()
INTEGER_BINARY = "bitwise_and bitwise_or bitwise_xor gcd lcm left_shift right_shift floor_divide mod power".split()


@pytest.mark.parametrize(("x", "name"), [(x, name) for x, names in UNARY.values() for name in names.split()])
def test_one_operand_follows_numpy(x, name):
    np.testing.assert_allclose(getattr(ops, name)(x), getattr(np, name)(x), rtol=1e-5, atol=1e-6)
    assert getattr(ops, name)(KerasTensor((None, 3))).shape == (None, 3)


@pytest.mark.parametrize("name", BINARY)
def test_two_operands_follow_numpy(name):
    x, y = REAL, np.array([[0.5], [-2.0]], "float32")
    np.testing.assert_allclose(getattr(ops, name)(x, y), getattr(np, name)(x, y), rtol=1e-5, atol=1e-6)
    assert getattr(ops, name)(KerasTensor((None, 3)), KerasTensor((2, None))).shape == (2, 3)


@pytest.mark.parametrize("name", INTEGER_BINARY)
def test_two_integers_follow_numpy(name):
    numpy_name = {"left_shift": "left_shift", "right_shift": "right_shift"}.get(name, name)
    x, y = np.array([12, 7, 30], "int32"), np.array([2, 3, 4], "int32")
    np.testing.assert_array_equal(getattr(ops, name)(x, y), getattr(np, numpy_name)(x, y))


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"\(None, 3\) with shape \(4,\)"):
        ops.add(KerasTensor((None, 3)), KerasTensor((4,)))


def test_divide_no_nan_has_no_nan_in_the_gradient_either():
    x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([0.0, 2.0], requires_grad=True)
    ops.divide_no_nan(x, y).sum().backward()
    np.testing.assert_allclose(x.grad, [0.0, 0.5])
    np.testing.assert_allclose(y.grad, [0.0, -0.5])


def test_numbers_may_stand_on_the_left():
    np.testing.assert_allclose(ops.subtract(1, POSITIVE), 1 - POSITIVE)
    np.testing.assert_allclose(ops.power(2, POSITIVE), 2**POSITIVE, rtol=1e-6)
    np.testing.assert_allclose(ops.maximum(2, POSITIVE), np.maximum(2, POSITIVE))


@pytest.mark.parametrize("limits", [(0, 1), (None, 1), (0, None), (np.zeros((2, 1), "float32"), 1), (None, None)])
def test_clip(limits):
    expected = np.clip(REAL, *limits)
    np.testing.assert_allclose(ops.clip(REAL, *limits), expected)


def test_round_rounds_to_decimals_and_to_tens():
    np.testing.assert_allclose(ops.round(np.array([1.25, 2.35]), 1), np.round([1.25, 2.35], 1))
    np.testing.assert_array_equal(ops.round(np.array([126, 234]), -1), [130, 230])


def test_nan_to_num_replaces_what_is_asked():
    x = np.array([1.0, np.nan, np.inf, -np.inf], "float32")
    np.testing.assert_allclose(ops.nan_to_num(x), np.nan_to_num(x))
    np.testing.assert_allclose(ops.nan_to_num(x, nan=2, posinf=3, neginf=4), [1, 2, 3, 4])


def test_ldexp_wants_integer_exponents():
    np.testing.assert_allclose(ops.ldexp(POSITIVE, np.array([1, 2, 3])), np.ldexp(POSITIVE, [1, 2, 3]))
    with pytest.raises(TypeError, match=r"torch\.float32"):
        ops.ldexp(POSITIVE, np.float32(1.0))


def test_isin_and_allclose():
    np.testing.assert_array_equal(ops.isin(np.array([1, 2, 3]), [3, 1]), [True, False, True])
    np.testing.assert_array_equal(ops.isin(np.array([True, False]), [True]), [True, False])
    assert bool(ops.allclose(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), equal_nan=True))
    assert not bool(ops.allclose(np.array([np.nan]), np.array([np.nan])))


def test_ops_compile_whole():
    def formula(x, half, indices):
        y = ops.add(x, half)
        y = ops.where(ops.greater(y, 1), ops.maximum(y, 0.0), indices)
        return ops.mean(ops.sum(ops.concatenate([y, half]), axis=0)), ops.take(y, indices)

    args = torch.ones(3), torch.ones(3, dtype=torch.float16), torch.arange(3)
    for expected, got in zip(
        formula(*args), torch.compile(formula, backend="eager", fullgraph=True)(*args), strict=True
    ):
        torch.testing.assert_close(got, expected)
