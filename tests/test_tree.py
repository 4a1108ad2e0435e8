from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest
import torch

from torchkeras_compat import tree

Point = namedtuple("Point", "x y")
OtherPoint = namedtuple("OtherPoint", "x y")

STRUCTURES = [
    1,
    None,
    (),
    [],
    {},
    (1, [2, {"b": 3, "a": (4, None)}]),
    deque([1, (2,)], maxlen=4),
    Point(x=[1], y={"k": 2}),
    OrderedDict([("b", 1), ("a", [2, 3])]),
    defaultdict(list, b=1, a=[2, 3]),
    torch.Size([2, 3]),
    "text",
]


@pytest.mark.parametrize("structure", STRUCTURES, ids=repr)
def test_flatten_and_map_as_in_keras(real_keras, structure):
    oracle = real_keras.tree
    assert tree.is_nested(structure) == oracle.is_nested(structure)
    assert tree.flatten(structure) == oracle.flatten(structure)
    assert tree.flatten_with_path(structure) == oracle.flatten_with_path(structure)
    ours, theirs = (t.map_structure(lambda x: (x, "seen"), structure) for t in (tree, oracle))
    assert ours == theirs and type(ours) is type(theirs)
    assert tree.lists_to_tuples(structure) == oracle.lists_to_tuples(structure)
    leaves = list(range(len(tree.flatten(structure))))
    assert tree.pack_sequence_as(structure, leaves) == oracle.pack_sequence_as(structure, leaves)


@pytest.mark.parametrize("structure", [(None, 2), [(1, 2), [3, None]], {"a": (1,), "b": None}, [], (1, "a")], ids=repr)
def test_map_shape_structure_as_in_keras(real_keras, structure):
    seen = [t.map_shape_structure(lambda s: ("shape", s), structure) for t in (tree, real_keras.tree)]
    assert seen[0] == seen[1]


def test_a_tensor_and_an_array_are_leaves():
    x, y = torch.zeros(2), np.zeros(2)
    assert tree.flatten([x, {"y": y}])[0] is x
    assert tree.flatten_with_path({"x": x, "a": [y]})[0] == (("a", 0), y)


def test_dictionaries_of_different_kinds_match_and_the_first_gives_the_type_and_order():
    first = OrderedDict([("b", 2), ("a", 1)])
    result = tree.map_structure(lambda x, y: x + y, first, {"a": 10, "b": 20})
    assert type(result) is OrderedDict and list(result.items()) == [("b", 22), ("a", 11)]


def test_none_is_a_leaf_unless_an_argument_says_otherwise():
    assert tree.map_structure(lambda x: 7, [None, 1]) == [7, 7]
    assert tree.map_structure(lambda x: 7, [None, 1], none_is_leaf=False) == [None, 7]
    with pytest.raises(ValueError, match="some leaves are None"):
        tree.map_structure(lambda x, y: 7, [None], [1], none_is_leaf=False)


def test_map_up_to_passes_what_lies_below_whole():
    assert tree.map_structure_up_to({"b": 0, "a": 0}, lambda x, y: (x, y), {"a": [1], "b": 2}, {"a": 3, "b": 4}) == {
        "b": (2, 4),
        "a": ([1], 3),
    }


def test_traverse_top_down_does_not_enter_what_was_replaced():
    visited = []

    def visit(x):
        visited.append(x)
        return "X" if isinstance(x, tuple) else None

    assert tree.traverse(visit, [(1, [2]), [3, (4,)]]) == ["X", [3, "X"]]
    assert visited == [[(1, [2]), [3, (4,)]], (1, [2]), [3, (4,)], 3, (4,)]


@pytest.mark.parametrize("top_down", [True, False])
def test_traverse_puts_none_for_map_to_none(top_down):
    assert tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, [1, (2, 3)], top_down=top_down) == [
        1,
        (None, 3),
    ]


@pytest.mark.parametrize(
    "a, b, words",
    [
        ([1], (1,), "expected a list, but got a tuple"),
        ((1, 2), (1,), "arity mismatch; expected a tuple with this number of items: 2, but got 1"),
        ({"a": 1}, {"b": 1}, "expected the keys ['a'], but got ['b']"),
        (Point(1, 2), OtherPoint(1, 2), "expected a namedtuple Point, but got a namedtuple OtherPoint"),
        ([], 1, "expected a list, but got a int"),
        (1, [], "don't have the same nested structure"),
    ],
)
def test_assert_same_structure_says_what_differs(a, b, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        tree.assert_same_structure(a, b)


def test_assert_same_structure_takes_no_looser_check():
    with pytest.raises(ValueError, match="check_types=False"):
        tree.assert_same_structure([1], [1], check_types=False)


def test_assert_same_paths_ignores_containers():
    tree.assert_same_paths([1, {"a": 2}], (1, OrderedDict(a=5)))
    with pytest.raises(ValueError, match=re.escape("Only in `a`: [(1,)]; only in `b`: [(1, 0)]")):
        tree.assert_same_paths([1, 2], [1, [2]])


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: tree.map_structure("no", [1]), TypeError, "must be callable"),
        (lambda: tree.map_structure(len), ValueError, "at least one structure"),
        (lambda: tree.pack_sequence_as([1, 2], [1]), ValueError, "2 leaves, but `flat_sequence` holds 1"),
        (lambda: tree.flatten({1: 0, "a": 0}), TypeError, "must be sortable"),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
