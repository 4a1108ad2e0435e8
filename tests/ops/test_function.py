"""`Function`: a recorded graph as one operation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.ops.function import Function
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.fixture
def function() -> Function:
    a, b = KerasTensor((None, 3)), KerasTensor((None, 3))
    return Function({"b": b, "a": a}, [a - b, (a * b) ** 2], name="both")


def test_it_computes_structures(function):
    a, b = np.full((2, 3), 5.0, "float32"), np.full((2, 3), 2.0, "float32")
    difference, product = function({"a": a, "b": b})
    assert difference.tolist() == [[3.0] * 3] * 2
    assert product.tolist() == [[100.0] * 3] * 2


def test_it_is_an_operation_of_another_graph(function):
    x = KerasTensor((4, 3))
    y = function({"a": x, "b": x + 1})
    assert [t.shape for t in y] == [(4, 3), (4, 3)]
    outer = Function(x, y[0] * 2)
    assert outer(torch.zeros(4, 3)).tolist() == [[-2.0] * 3] * 4
    assert function.compute_output_shape({"a": (7, 3), "b": (7, 3)}) == [(7, 3), (7, 3)]


def test_layers_are_part_of_it():
    x = Input((4,))
    dense = Dense(2)
    y = dense(x)
    function = Function(x, y + 1)
    torch.testing.assert_close(function(torch.ones(1, 4)), dense(torch.ones(1, 4)) + 1)


def test_it_starts_where_it_is_asked_to():
    x = Input((3,))
    middle = x * 2
    function = Function(middle, middle + 1)
    assert [o.name for o in function.operations] == ["add"]
    assert function(torch.ones(1, 3)).tolist() == [[2.0] * 3]


def test_what_does_not_fit_is_refused(function):
    x = KerasTensor((2,))
    with pytest.raises(ValueError, match="`inputs` argument cannot be empty"):
        Function([], x)
    with pytest.raises(ValueError, match="`outputs` argument cannot be empty"):
        Function(x, [])
    with pytest.raises(ValueError, match="do not follow from the inputs"):
        Function(x, KerasTensor((2,)) + 1)
    with pytest.raises(ValueError, match="'both' was called with an invalid input structure"):
        function(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"incompatible inputs: expected shape \(None, 3\), received \(2, 4\)"):
        function({"a": np.zeros((2, 4)), "b": np.zeros((2, 3))})
