from __future__ import annotations

import operator

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import control_flow, scans
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_cond_runs_one_branch():
    assert control_flow.cond(torch.tensor(True), lambda: "yes", lambda: 1 / 0) == "yes"
    assert control_flow.cond(False, lambda: 1 / 0, lambda: None) is None


def test_cond_on_a_symbolic_value_compares_the_branches():
    pred = KerasTensor((), "bool")
    assert control_flow.cond(pred, lambda: torch.ones(1, 3), lambda: torch.zeros(1, 3)).shape == (1, 3)
    with pytest.raises(ValueError, match=r"\(3,\).*\(4,\)"):
        control_flow.cond(pred, lambda: torch.ones(3), lambda: torch.ones(4))


@pytest.mark.parametrize("index, expected", [(0, 7), (1, 3), (-9, 7), (torch.tensor(9), 3)])
def test_switch_clips_the_index(index, expected):
    assert control_flow.switch(index, [operator.add, operator.sub], 5, 2) == expected


def test_switch_needs_a_branch():
    with pytest.raises(ValueError, match="at least one branch"):
        control_flow.switch(0, [])


@pytest.mark.parametrize("limit, expected", [(None, 10), (4, 4)])
def test_while_loop_over_one_value_several_or_a_dictionary(limit, expected):
    assert control_flow.while_loop(lambda i: i < 10, lambda i: i + 1, np.array(0), limit) == expected
    i, j = control_flow.while_loop(lambda i, j: i < 10, lambda i, j: (i + 1, j - 1), (0, 0), limit)
    assert (i, j) == (expected, -expected)
    out = control_flow.while_loop(lambda d: d["i"] < 10, lambda d: {"i": d["i"] + 1}, {"i": 0}, limit)
    assert out == {"i": expected}


def test_fori_loop():
    assert control_flow.fori_loop(2, 5, lambda i, x: x + i, torch.tensor(0)) == 9


def test_loops_keep_symbolic_shapes():
    x = KerasTensor((None, 3))
    assert control_flow.while_loop(lambda x: x < 3, lambda x: x + 1, x).shape == (None, 3)
    assert control_flow.fori_loop(0, 3, lambda i, x: x + i, x).shape == (None, 3)


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
