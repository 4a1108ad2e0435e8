"""Scans and maps over slices."""

from __future__ import annotations

import operator

import pytest
import torch

from torchkeras_compat.ops import scans
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def total(carry, x):
    return carry + x, carry * x


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("unroll", [1, 3, True])
def test_scan_as_in_keras(real_keras, reverse, unroll):
    xs = torch.rand(5, 2)
    ours, theirs = (
        f(total, torch.zeros(2), xs, reverse=reverse, unroll=unroll) for f in (scans.scan, real_keras.ops.scan)
    )
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b.cpu())


def test_scan_without_slices_carries_any_structure():
    (a, b), outputs = scans.scan(lambda c, _: ((c[1], c[0] + c[1]), None), (0.0, 1.0), length=6)
    assert (a, b, outputs) == (8, 13, None)


def test_map_and_vectorized_map_agree():
    xs = {"x": torch.rand(4, 3), "y": torch.rand(4)}

    def f(slices):
        return slices["x"] * slices["y"], {"sum": slices["x"].sum()}

    one, all_at_once = scans.map(f, xs), scans.vectorized_map(f, xs)
    torch.testing.assert_close(one, all_at_once)
    torch.testing.assert_close(one[0], xs["x"] * xs["y"][:, None])


@pytest.mark.parametrize("size", range(1, 10))
@pytest.mark.parametrize("axis, reverse", [(0, False), (1, False), (1, True), (-1, True)])
def test_associative_scan_is_a_running_sum(size, axis, reverse):
    x = torch.rand(size, size)
    expected = x.flip(axis).cumsum(axis).flip(axis) if reverse else x.cumsum(axis)
    torch.testing.assert_close(scans.associative_scan(operator.add, x, reverse, axis), expected)


def test_associative_scan_of_a_linear_recurrence():
    a, b = torch.rand(7, 3), torch.rand(7, 3)
    h, states = torch.zeros(3), []
    for i in range(7):
        h = a[i] * h + b[i]
        states.append(h)
    scanned = scans.associative_scan(lambda x, y: (y[0] * x[0], y[0] * x[1] + y[1]), (a, b))[1]
    torch.testing.assert_close(scanned, torch.stack(states))


def test_symbolic_shapes():
    xs = KerasTensor((None, 5))
    assert scans.map(lambda x: {"a": x * 2}, xs)["a"].shape == (None, 5)
    assert scans.vectorized_map(lambda x: x.sum(), xs).shape == (None,)
    assert scans.associative_scan(operator.add, xs).shape == (None, 5)
    carry, ys = scans.scan(total, KerasTensor((5,)), xs)
    assert (carry.shape, ys.shape) == ((5,), (None, 5))


@pytest.mark.parametrize("call, error, words", [
    (lambda: scans.scan(3, 0, torch.ones(2)), TypeError, "should be a callable"),
    (lambda: scans.scan(total, 0), ValueError, "to scan over and/or `length`"),
    (lambda: scans.scan(total, 0, torch.ones(2), length=3), ValueError, "length=3, 2 slices"),
    (lambda: scans.scan(total, 0, torch.ones(0)), ValueError, "at least one step"),
    (lambda: scans.scan(total, 0, torch.ones(2), unroll=0), ValueError, "unroll=0"),
    (lambda: scans.map(len, (torch.ones(2), torch.ones(3))), ValueError, r"same first dimension.*\[2, 3\]"),
    (lambda: scans.associative_scan(3, torch.ones(2)), TypeError, "should be a callable"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
