"""Shapes in the nestings that layers take and give."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.layer.shapes import as_shape, input_shape_argument, shapes_of, symbolic


def test_shapes_of_files_are_lists():
    assert as_shape([None, 3]) == (None, 3)
    assert as_shape({"a": [[None, 3], [2]]}) == {"a": [(None, 3), (2,)]}


def test_shapes_have_the_nesting_of_the_tensors():
    tensors = {"a": torch.zeros(2, 3), "b": [torch.zeros(4), None]}
    assert shapes_of(tensors) == {"a": (2, 3), "b": [(4,), None]}


def test_symbolic_tensors_have_the_nesting_of_the_shapes():
    found = symbolic({"a": (None, 3), "b": [(2,), (4,)]}, "int32")
    assert (found["a"].shape, found["a"].dtype, found["b"][1].shape) == ((None, 3), "int32", (4,))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"input_shape": (3,)}, (None, 3)),
        ({"input_shape": [3, 4], "batch_size": 2}, (2, 3, 4)),
        ({"input_dim": 5}, (None, 5)),
        ({"input_dim": 5, "input_length": 7}, (None, 7, 5)),
        ({"batch_input_shape": (2, 3)}, (2, 3)),
        ({"name": "other"}, None),
    ],
)
def test_the_input_shape_has_many_spellings(given, expected):
    kwargs = dict(given)
    assert input_shape_argument(kwargs, "Dense") == expected
    assert kwargs == {k: v for k, v in given.items() if k == "name"}


def test_an_input_shape_that_is_a_number_is_refused():
    with pytest.raises(ValueError, match=r"`input_shape` of Dense is a tuple .* Received: 3. Use \(3,\)"):
        input_shape_argument({"input_shape": 3}, "Dense")
