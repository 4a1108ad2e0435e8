"""Shapes, axes and views, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import X, assert_same, check_array, check_bad_argument
from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


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
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ops.reshape(x, (-2, 5)), r"newshape=\(-2, 5\)"),
        (lambda x: ops.reshape(x, (-1, -1)), r"newshape=\(-1, -1\)"),
        (lambda x: ops.squeeze(x, 1), r"axis=1, .*x.shape=\(2, 3, 4\)"),
        (lambda x: ops.transpose(x, (0, 0, 1)), r"axes=\(0, 0, 1\)"),
        (lambda x: ops.transpose(x, (0, 1)), r"axes=\(0, 1\)"),
        (lambda x: ops.moveaxis(x, 0, (1, 2)), r"destination=\(1, 2\)"),
    ],
)
def test_bad_arguments_are_named_eagerly_and_symbolically(call, words):
    check_bad_argument(call, words)


def test_views_and_sizes():
    assert_same(ops.view(X, "int32"), X.view("int32"))
    assert ops.view(KerasTensor((None, 4), "int16"), "int32").shape == (None, 2)
    assert int(ops.size(X)) == 24
    assert ops.ndim(X) == ops.ndim(KerasTensor((None, 3, 4))) == 3
