"""Tiles, rolls, flips and pads, against NumPy."""

from __future__ import annotations

import pytest

from tests.ops.against_numpy import check_array, check_bad_argument
from torchkeras_compat import ops


@pytest.mark.parametrize(
    ("name", "args"),
    [
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
    ],
    ids=str,
)
def test_arrays_follow_numpy(name, args):
    check_array(name, args)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: ops.flip(x, 3), "axis 3 is out of bounds"),
        (lambda x: ops.rot90(x, axes=(0, 0)), r"axes=\(0, 0\)"),
        (lambda x: ops.pad(x, 1, mode="wrap"), "'wrap'"),
        (lambda x: ops.pad(x, 1, mode="reflect", constant_values=2), "constant_values=2"),
        (lambda x: ops.pad(x, ((1, 1), (1, 1))), r"pad_width=\(\(1, 1\), \(1, 1\)\)"),
    ],
)
def test_bad_arguments_are_named_eagerly_and_symbolically(call, words):
    check_bad_argument(call, words)
