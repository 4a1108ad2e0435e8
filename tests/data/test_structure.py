"""Batches put together from flat leaves: the structure that the user gave, in the order of its leaves."""

from __future__ import annotations

from collections import OrderedDict, namedtuple

import pytest

from torchkeras_compat.data.structure import named_leaves, rebuilder, with_one_leaf

Pair = namedtuple("Pair", "x y")

STRUCTURES = [
    ("leaf", 1, "a"),
    ("list", [1, 2, 3], ["a", "b", "c"]),
    ("tuple", (1, 2), ("a", "b")),
    ("list of one", [1], ["a"]),
    ("tuple of one", (1,), ("a",)),
    ("dict", {"z": 1, "k": 2}, {"z": "a", "k": "b"}),
    ("dict of one", {"z": 1}, {"z": "a"}),
    ("none", [1, None, 2], ["a", None, "b"]),
    ("nested", [1, {"k": (2, 3)}], ["a", {"k": ("b", "c")}]),
    ("named tuple", Pair(1, 2), Pair("a", "b")),
    ("ordered", OrderedDict(z=1, k=2), OrderedDict(z="a", k="b")),
    ("empty", [], []),
]


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("first", [0, 2])
@pytest.mark.parametrize(("structure", "expected"), [pytest.param(s, e, id=name) for name, s, e in STRUCTURES])
def test_leaves_take_their_places(structure, expected, first, kind):
    build, after = rebuilder(structure, first)
    leaves = kind(["-"] * first + list("abc"))
    names = [name for name, _ in named_leaves(structure, "x")]
    assert after == first + len(names)
    found = build(leaves)
    order = [leaf for _, leaf in named_leaves(found, "x")]
    assert order == list("abc")[: len(names)]
    assert type(found) is type(expected)
    if "z" not in str(structure):  # dictionaries give their leaves by sorted keys
        assert found == expected
    assert build(leaves) is not found or not isinstance(found, (list, dict)) or found == []


def test_one_leaf_stands_in_all_places():
    assert with_one_leaf({"a": 1, "b": [2, None]}, 1)(["x", "y"]) == {"a": "y", "b": ["y", None]}
