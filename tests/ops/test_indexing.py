"""Indexing, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.ops.against_numpy import X, assert_same, check_array, check_bad_argument
from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("take", ([3, -1], -1)),
        ("take", (5,)),
        ("take", ([[0, 1], [1, 0]], 1)),
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


def test_bad_arguments_are_named_eagerly_and_symbolically():
    check_bad_argument(lambda x: ops.where(x > 1, x, None), "x2=None")


@pytest.mark.parametrize(
    "key",
    [
        1,
        (slice(None), 1),
        (Ellipsis, -1),
        (None, Ellipsis, None, 0),
        (slice(None, None, -1), slice(None), slice(3, 0, -2)),
        (Ellipsis, slice(None, None, -1)),
        (0, slice(1, None)),
        (slice(None), np.array([2, 0])),
    ],
    ids=str,
)
def test_get_item_follows_numpy(key):
    assert_same(ops.get_item(X, key), X[key])
    assert ops.get_item(KerasTensor((2, 3, 4)), key).shape == X[key].shape


def test_symbolic_get_item_of_unknown_sizes():
    x = KerasTensor((None, 5, 16))
    assert ops.get_item(x, np.s_[:5, 3:, 3:12:2]).shape == (None, 2, 5)
    assert ops.get_item(x, np.s_[:, None, ..., -1]).shape == (None, 1, 5)
    with pytest.raises(ValueError, match="Index 17 is out of bounds for an axis of size 5"):
        ops.get_item(x, np.s_[:, 17])
    with pytest.raises(ValueError, match="Too many indices"):
        ops.get_item(x, np.s_[:, :, :, :])


def test_take_along_axis_where_select_and_nonzero():
    order = np.argsort(-X, axis=1)
    assert_same(ops.take_along_axis(X, order, 1), np.take_along_axis(X, order, 1))
    assert_same(ops.take_along_axis(X, np.array([3, -1]), None), np.take_along_axis(X, np.array([3, -1]), None))
    assert_same(ops.where(X > 3, X, -1), np.where(X > 3, X, -1))
    assert_same(ops.where(X > 20), np.stack(np.where(X > 20)))
    assert_same(ops.nonzero(X > 20), np.nonzero(X > 20))
    assert_same(ops.select([X < 3, X > 9], [X, X**2], 42), np.select([X < 3, X > 9], [X, X**2], 42))
    assert_same(ops.unravel_index(np.array([5, -1]), (2, 3)), [np.array([1, 1]), np.array([2, 2])])
    with pytest.raises(ValueError, match="2 conditions, 1 choices"):
        ops.select([X < 3, X > 9], [X])


def test_take_has_a_gradient():
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    ops.take(x, [0, 2, 2]).sum().backward()
    np.testing.assert_allclose(x.grad, [1, 0, 2])
