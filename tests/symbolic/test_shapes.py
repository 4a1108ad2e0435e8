"""Shapes inferred on the meta device."""

from __future__ import annotations

import pytest

from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.shapes import infer_outputs


def test_unknown_axes_are_found_by_two_runs():
    x = KerasTensor((None, None, 6))
    assert infer_outputs(lambda t: t.flatten(1), (x,), {}).shape == (None, None)
    assert infer_outputs(lambda t: t.mean(1), (x,), {}).shape == (None, 6)
    out = infer_outputs(lambda t, n: {"a": t[:, :n], "b": 3}, (x, 2), {})
    assert (out["a"].shape, out["b"]) == ((None, 2, 6), 3)


def test_shape_errors_come_through():
    with pytest.raises(ValueError, match="Inner dimensions"):
        KerasTensor((2, 3)) @ KerasTensor((4, 5))
