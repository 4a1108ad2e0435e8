"""Arrays made, reshaped, joined, cut, rearranged and indexed, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = np.arange(24, dtype="float32").reshape(2, 3, 4)


def assert_same(got, expected):
    if isinstance(expected, (list, tuple)):
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            assert_same(a, b)
    else:
        assert tuple(got.shape) == np.shape(expected)
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("reshape", ((4, -1),)),
        ("ravel", ()),
        ("expand_dims", (0,)),
        ("expand_dims", ((0, -1),)),
        ("transpose", ()),
        ("transpose", ((1, -1, 0),)),
        ("moveaxis", (0, -1)),
        ("moveaxis", ((0, 1), (-1, 0))),
        ("swapaxes", (0, -1)),
        ("broadcast_to", ((5, 2, 3, 4),)),
        ("copy", ()),
        ("tile", (2,)),
        ("tile", ((2, 1, 1, 3),)),
        ("repeat", (2,)),
        ("repeat", (3, 1)),
        ("roll", (1,)),
        ("roll", ((1, -2), (0, 2))),
        ("flip", ()),
        ("flip", ((0, -1),)),
        ("fliplr", ()),
        ("flipud", ()),
        ("rot90", (3, (1, 2))),
        ("pad", (1,)),
        ("pad", (((0, 0), (1, 2), (3, 0)),)),
        ("pad", (((0, 1), (1, 2), (0, 3)), "reflect")),
        ("pad", (((3, 5), (4, 2), (0, 7)), "symmetric")),
        ("split", (2,)),
        ("split", ([1, 2], 1)),
        ("array_split", (3, 2)),
        ("hsplit", (3,)),
        ("vsplit", (2,)),
        ("dsplit", ([1, 2],)),
        ("diagonal", (1, 0, 2)),
        ("trace", (0, 1, 2)),
        ("tril", (-1,)),
        ("triu", (1,)),
        ("sort", (1,)),
        ("sort", (None,)),
        ("take", ([3, -1], -1)),
        ("take", (5,)),
        ("take", ([[0, 1], [1, 0]], 1)),
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    got = getattr(ops, name)(X, *args)
    assert_same(got, getattr(np, name)(X, *args))
    symbolic = getattr(ops, name)(KerasTensor((2, 3, 4)), *args)
    parts = (got, symbolic) if isinstance(got, (list, tuple)) else ([got], [symbolic])
    assert [tuple(x.shape) for x in parts[0]] == [x.shape for x in parts[1]]


@pytest.mark.parametrize("name", ["concatenate", "stack", "hstack", "vstack", "dstack"])
def test_joining_follows_numpy(name):
    assert_same(getattr(ops, name)([X, X + 1]), getattr(np, name)([X, X + 1]))
    row = np.arange(3)
    assert_same(getattr(ops, name)([row, row + 0.5]), getattr(np, name)([row, row + 0.5]))


def test_symbolic_joining_learns_unknown_sizes_from_the_others():
    assert ops.concatenate([KerasTensor((None, 3)), KerasTensor((2, None))], axis=0).shape == (None, 3)
    assert ops.concatenate([KerasTensor((None, 3)), KerasTensor((2, None))], axis=1).shape == (2, None)
    assert ops.stack([KerasTensor((None, 3)), KerasTensor((2, None))], axis=-1).shape == (2, 3, 2)
    with pytest.raises(ValueError, match=r"axis=1, shapes=\[\(3, 2\), \(4, 2\)\]"):
        ops.concatenate([KerasTensor((3, 2)), KerasTensor((4, 2))], axis=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ops.reshape(x, (-2, 5)), r"newshape=\(-2, 5\)"),
        (lambda x: ops.reshape(x, (-1, -1)), r"newshape=\(-1, -1\)"),
        (lambda x: ops.squeeze(x, 1), r"axis=1, .*x.shape=\(2, 3, 4\)"),
        (lambda x: ops.transpose(x, (0, 0, 1)), r"axes=\(0, 0, 1\)"),
        (lambda x: ops.transpose(x, (0, 1)), r"axes=\(0, 1\)"),
        (lambda x: ops.moveaxis(x, 0, (1, 2)), r"destination=\(1, 2\)"),
        (lambda x: ops.flip(x, 3), "axis 3 is out of bounds"),
        (lambda x: ops.rot90(x, axes=(0, 0)), r"axes=\(0, 0\)"),
        (lambda x: ops.pad(x, 1, mode="wrap"), "'wrap'"),
        (lambda x: ops.pad(x, 1, mode="reflect", constant_values=2), "constant_values=2"),
        (lambda x: ops.pad(x, ((1, 1), (1, 1))), r"pad_width=\(\(1, 1\), \(1, 1\)\)"),
        (lambda x: ops.split(x, 2, axis=1), "2 equal parts along axis 1"),
        (lambda x: ops.diagonal(x, axis1=0, axis2=-3), "axis2=-3"),
        (lambda x: ops.argpartition(x, (1, 2)), r"kth=\(1, 2\)"),
        (lambda x: ops.where(x > 1, x, None), "x2=None"),
    ],
)
def test_bad_arguments_are_named_eagerly_and_symbolically(call, words):
    for x in (torch.zeros(2, 3, 4), KerasTensor((2, 3, 4))):
        with pytest.raises(ValueError, match=words):
            call(x)


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


def test_positions_and_search_follow_numpy():
    x = np.array([[3.0, 1.0, np.nan], [2.0, 5.0, 4.0]], "float32")
    assert_same(ops.argsort(x), np.argsort(x))
    assert_same(ops.argmax(x[1:], axis=1, keepdims=True), np.argmax(x[1:], axis=1, keepdims=True))
    assert_same(ops.argmin(x[1:]), np.argmin(x[1:]))
    assert_same(ops.nanargmax(x, axis=1), np.nanargmax(x, axis=1))
    assert_same(ops.nanargmin(x), np.nanargmin(x))
    assert int(ops.nanargmin(np.array([np.nan]))) == -1
    assert_same(ops.searchsorted([1, 3, 5], [3, 6], side="right"), np.searchsorted([1, 3, 5], [3, 6], side="right"))
    assert_same(ops.digitize(x[1], [1.0, 2.0, 4.5]), np.digitize(x[1], [1.0, 2.0, 4.5]))
    with pytest.raises(ValueError, match="side='middle'"):
        ops.searchsorted([1], [1], side="middle")


def test_unique_follows_numpy():
    x = np.array([[1, 0], [0, 1], [1, 0], [2, 2], [0, 1]])
    flags = {"return_index": True, "return_inverse": True, "return_counts": True}
    assert_same(ops.unique(x, axis=0, **flags), np.unique(x, axis=0, **flags))
    assert_same(ops.unique(x), np.unique(x))
    values, counts = ops.unique(x, size=5, fill_value=-1, return_counts=True)
    assert_same(values, np.array([0, 1, 2, -1, -1]))
    assert_same(counts, np.array([4, 4, 2, 0, 0]))
    symbolic = ops.unique(KerasTensor((None, 3), "int32"), axis=0, return_inverse=True)
    assert [s.shape for s in symbolic] == [(None, 3), (None,)]


def test_new_arrays_follow_numpy():
    assert_same(ops.zeros((2, 3)), np.zeros((2, 3)))
    assert_same(ops.ones(3, "int32"), np.ones(3))
    assert_same(ops.full((2, 3), [1, 2, 3]), np.full((2, 3), [1, 2, 3]))
    assert_same(ops.full_like(X, 2, dtype="int8"), np.full_like(X, 2))
    assert_same(ops.identity(3), np.identity(3))
    for k in (-4, -1, 0, 2, 5):
        assert_same(ops.eye(3, 4, k), np.eye(3, 4, k))
        assert_same(ops.tri(3, 4, k), np.tri(3, 4, k))
        assert_same(ops.diagflat(X[0, 0], k), np.diagflat(X[0, 0], k))
    assert_same(ops.diag(X[0], 1), np.diag(X[0], 1))
    assert_same(ops.vander(X[0, 0], 3, True), np.vander(X[0, 0], 3, True))
    for indexing in ("xy", "ij"):
        assert_same(
            ops.meshgrid(X[0, 0], X[0, :, 0], indexing=indexing), np.meshgrid(X[0, 0], X[0, :, 0], indexing=indexing)
        )
    with pytest.raises(TypeError, match=r"N=3\.0"):
        ops.eye(3.0)
    with pytest.raises(ValueError, match="indexing='kk'"):
        ops.meshgrid(X, X, indexing="kk")


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("num", [0, 1, 5])
def test_ranges_follow_numpy(num, endpoint):
    start, stop = np.array([1.0, 2.0], "float32"), np.array([3.0, 5.0], "float32")
    for args in ((1, 3), (start, stop)):
        for name in ("linspace", "logspace", "geomspace"):
            got, expected = getattr(ops, name)(*args, num, endpoint), getattr(np, name)(*args, num, endpoint)
            np.testing.assert_allclose(got, expected, rtol=2e-5)
    assert_same(ops.linspace(start, stop, num, endpoint, axis=-1), np.linspace(start, stop, num, endpoint, axis=-1))
    with pytest.raises(ValueError, match="num=-1"):
        ops.linspace(0, 1, -1)


def test_arange_chooses_the_dtype_of_its_arguments():
    assert ops.arange(3).dtype is torch.int32
    assert ops.arange(0, 1, 0.25).dtype is torch.float32
    assert_same(ops.arange(5, 1, -2), np.arange(5, 1, -2))


def test_views_and_sizes():
    assert_same(ops.view(X, "int32"), X.view("int32"))
    assert ops.view(KerasTensor((None, 4), "int16"), "int32").shape == (None, 2)
    assert int(ops.size(X)) == 24
    assert ops.ndim(X) == ops.ndim(KerasTensor((None, 3, 4))) == 3
