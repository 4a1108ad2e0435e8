"""Recorded calls: what they need, and the order of leaves."""

from __future__ import annotations

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import get_source_inputs, symbolic_leaves


def test_source_inputs():
    a, b = KerasTensor((2,), name="a"), KerasTensor((2,), name="b")
    assert get_source_inputs(ops.square(a + b) + a) == [a, b]
    assert get_source_inputs(a) == [a]


def test_leaves_of_dicts_come_by_sorted_keys():
    a, b = KerasTensor((1,)), KerasTensor((2,))
    assert symbolic_leaves({"z": a, "c": [b, None, 3]}) == [b, a]
