"""Blocks and scattered values against plain indexing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import slicing
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.arange(24.0).reshape(4, 6)


@pytest.mark.parametrize(
    "start", [(1, 2), [1, 2], np.array([1, 2]), torch.tensor([1, 2]), [torch.tensor(1), 2]], ids=repr
)
def test_slice_and_update_are_indexing(start):
    assert torch.equal(slicing.slice(X, start, (2, 3)), X[1:3, 2:5])
    expected = X.clone()
    expected[1:3, 2:5] = -1
    assert torch.equal(slicing.slice_update(X, start, -torch.ones(2, 3)), expected)
    assert X[1, 2] == 8  # the argument is not written to


def test_minus_one_takes_the_rest():
    assert torch.equal(slicing.slice(X, (1, 2), (-1, 1)), X[1:, 2:3])


def test_starts_on_a_device_are_not_waited_for():
    """The meta device stands for one: its values cannot be read."""
    start = torch.zeros(2, dtype=torch.int64, device="meta")
    assert slicing.slice(X.to("meta"), start, (2, -1)).shape == (2, 6)
    assert slicing.slice_update(X.to("meta"), start, torch.ones(2, 2, device="meta")).shape == (4, 6)


def test_slice_update_has_gradients():
    updates = torch.ones(2, 2, requires_grad=True)
    slicing.slice_update(X, (0, 0), updates).sum().backward()
    assert torch.equal(updates.grad, torch.ones(2, 2))


@pytest.mark.parametrize("start, shape, expected", [
    ((1, 1), (-1, -1), (None, 2)), (KerasTensor((2,), "int32"), (2, -1), (2, None)), ((0, 0), (2, 2), (2, 2)),
])  # fmt: skip
def test_symbolic_slices(start, shape, expected):
    assert slicing.slice(KerasTensor((None, 3)), start, shape).shape == expected


def test_unstack():
    parts = slicing.unstack(X, axis=1)
    assert len(parts) == 6 and torch.equal(parts[2], X[:, 2])
    assert [p.shape for p in slicing.unstack(KerasTensor((2, None)), num=3, axis=1)] == [(2,)] * 3


@pytest.mark.parametrize("call, words", [
    (lambda: slicing.slice(X, (1,), (1, 1)), "`start_indices` must match.*1 and 2"),
    (lambda: slicing.slice(X, (1, 1), (1,)), "`inputs` must match.*`shape`"),
    (lambda: slicing.slice_update(X, (1, 1), torch.ones(2)), "`inputs` must match.*`updates`"),
    (lambda: slicing.unstack(X, num=3), "num=3"),
    (lambda: slicing.unstack(KerasTensor((None, 2))), "Cannot infer argument `num`"),
])  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
