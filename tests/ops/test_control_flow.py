from __future__ import annotations

import operator

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import control_flow
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
