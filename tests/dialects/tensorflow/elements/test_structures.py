from __future__ import annotations

from collections import namedtuple

import pytest

from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, map_structure, pack

Pair = namedtuple("Pair", ["a", "b"])


def test_lists_are_leaves_and_named_tuples_stay() -> None:
    structure = Pair({"y": [1, 2], "x": 3}, (4,))
    assert flatten(structure) == [3, [1, 2], 4]
    assert pack(structure, iter("abc")) == Pair({"y": "b", "x": "a"}, ("c",))
    assert list(pack(structure, iter("abc")).a) == ["y", "x"]


def test_structures_that_differ_are_named() -> None:
    with pytest.raises(ValueError, match="dict of \\['a'\\], dict of \\['b'\\]"):
        map_structure(max, {"a": 1}, {"b": 1})
    with pytest.raises(ValueError, match="tuple of 2, tuple of 1"):
        map_structure(max, (1, 2), (1,))
