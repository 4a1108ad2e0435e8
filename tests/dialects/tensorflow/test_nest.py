from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow import nest


def test_dictionaries_flatten_by_their_sorted_keys() -> None:
    assert nest.flatten({"b": [1, (2, 3)], "a": 4}) == [4, 1, 2, 3]  # TensorFlow 2.15


def test_structures_are_mapped_together() -> None:
    assert nest.map_structure(lambda a, b: a + b, [1, (2,)], [3, (4,)]) == [4, (6,)]
    assert nest.pack_sequence_as({"a": 0, "b": [0]}, [1, 2]) == {"a": 1, "b": [2]}
    assert nest.is_nested([1]) and not nest.is_nested("a")


def test_structures_that_differ_are_refused() -> None:
    with pytest.raises(TypeError, match="sequence type at \\[0\\]: tuple and list"):
        nest.assert_same_structure([(1,)], [[1]])
    nest.assert_same_structure([(1,)], [[1]], check_types=False)
    with pytest.raises(ValueError, match="number of elements: 1 and 2"):
        nest.map_structure(max, [1], [1, 2])
    with pytest.raises(ValueError, match="set of keys"):
        nest.assert_same_structure({"a": 1}, {"b": 1})
    with pytest.raises(ValueError, match="2 leaves, and `flat_sequence` has 1"):
        nest.pack_sequence_as([0, 0], [1])
    with pytest.raises(TypeError, match="Unknown arguments: \\['depth'\\]"):
        nest.map_structure(abs, 1, depth=2)
