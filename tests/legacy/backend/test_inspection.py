from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Variable
from torchkeras_compat.legacy.backend import inspection as K
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_shapes_of_all_kinds_of_tensors() -> None:
    for x in (torch.ones(2, 3), np.ones((2, 3)), Variable(np.ones((2, 3)))):
        assert K.int_shape(x) == (2, 3)
        assert K.ndim(x) == 2
        assert K.shape(x).tolist() == [2, 3]
        assert K.count_params(x) == 6
    assert K.int_shape(placeholder((None, 3))) == (None, 3)
    assert K.int_shape(5) is None


def test_a_recorded_shape_is_known_in_a_run() -> None:
    x = placeholder((None, 3))
    f = function([x], [K.shape(x), K.size(x), K.shape(x)[0]])
    assert [y.tolist() for y in f([np.ones((4, 3))])] == [[4, 3], 12, 4]


def test_each_kind_is_known() -> None:
    assert [K.is_tensor(x) for x in (torch.ones(1), Variable(1.0), placeholder((1,)), 1.0)] == [True, True, True, False]
    assert K.is_variable(Variable(1.0))
    assert K.is_symbolic(placeholder((1,)))
    assert K.is_keras_tensor(Input((2,)))
    assert not K.is_keras_tensor(Variable(1.0))
    with pytest.raises(ValueError, match="Unexpectedly found an instance of type `<class 'numpy.ndarray'>`"):
        K.is_keras_tensor(np.ones(1))


def test_values_are_evaluated_where_no_input_is_needed() -> None:
    assert K.eval(Variable([1.0])).tolist() == [1.0]
    with pytest.raises(ValueError, match="You must feed a value for 'placeholder"):
        K.eval(placeholder((1,)) + 1)


def test_values_are_printed_in_each_run(capsys) -> None:
    x = placeholder((2,))
    f = function([x], [K.print_tensor(x, "x =")])
    assert capsys.readouterr().out == ""
    f([[1.0, 2.0]])
    assert capsys.readouterr().out == "x = [1. 2.]\n"
    K.print_tensor(torch.arange(100), summarize=1)
    assert capsys.readouterr().out == " [ 0 ... 99]\n"


def test_names_of_dtypes() -> None:
    assert [K.dtype(x) for x in (torch.ones(1), Variable(1, dtype="int32"), placeholder((1,)))] == [
        "float32",
        "int32",
        "float32",
    ]
