"""Shapes inferred on the meta device."""

from __future__ import annotations

import re

import pytest
import torch

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


@pytest.mark.parametrize(
    ("function", "shapes", "text"),
    [
        (torch.matmul, [(None, 3), (4, 5)], "[None, 3]"),
        (lambda x: x.reshape(x.shape[0] * 3).view(7), [(None, 3)], "shape '[7]' is invalid for input of size None*3"),
        (lambda x, y: x + y, [(None, 3), (None, 4)], "[None, 4]"),
    ],
)
def test_texts_of_errors_say_none_for_sizes_that_are_not_known(function, shapes, text):
    with pytest.raises(RuntimeError) as raised:
        infer_outputs(function, tuple(KerasTensor(s) for s in shapes), {})
    assert text in str(raised.value)
    assert not re.search("240|480|720", str(raised.value))


def test_a_size_that_is_240_stays_in_the_text():
    with pytest.raises(RuntimeError, match=r"\[None, 240\] X \[5, 240\]"):
        infer_outputs(torch.matmul, (KerasTensor((None, 240)), KerasTensor((5, 240))), {})


def test_a_constant_says_the_size_where_nothing_else_fits():
    x = KerasTensor((None, 3))
    assert infer_outputs(torch.add, (x, torch.ones(4, 3)), {}).shape == (4, 3)
    assert infer_outputs(torch.add, (x, torch.ones(1, 3)), {}).shape == (None, 3)
    with pytest.raises(RuntimeError, match=r"\(None\) must match .* \(4\)|None"):
        infer_outputs(torch.add, (x, torch.ones(4, 7)), {})
