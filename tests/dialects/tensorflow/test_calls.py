"""Functions of `tf.*` made of functions on plain tensors: what they take, give and record."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.arrays.joining import concat
from torchkeras_compat.dialects.tensorflow.arrays.shapes import reshape, squeeze
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.linalg.products import matmul
from torchkeras_compat.dialects.tensorflow.math.arithmetic import add, maximum
from torchkeras_compat.dialects.tensorflow.math.reduction import reduce_mean, reduce_sum
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap


@tensor_function(old={"keep_dims": "keepdims"})
def total(x: Any, keepdims: Any = False) -> Any:
    return torch.as_tensor(x).sum(0, keepdim=keepdims)


@pytest.mark.parametrize("x", [torch.ones(2), np.ones(2), wrap(torch.ones(2)), [1.0, 1.0], keras.Variable([1.0, 1.0])])
def test_a_tensor_comes_back_whatever_goes_in(x: Any) -> None:
    found = add(x, x)
    assert type(found) is Tensor
    assert found.numpy().tolist() == [2.0, 2.0]


def test_old_names_of_arguments_are_understood() -> None:
    assert total(torch.ones(2), keep_dims=True).shape == (1,)
    assert reduce_mean([[1.0, 3.0]], reduction_indices=[1], keep_dims=True).numpy().tolist() == [[2.0]]
    assert squeeze([[1]], squeeze_dims=[0]).shape == (1,)


def test_an_old_name_beside_the_new_one_is_refused() -> None:
    with pytest.raises(ValueError, match="`keep_dims` is the old name of `keepdims`. Received both"):
        reduce_sum([1.0], keepdims=True, keep_dims=True)


def test_errors_of_torch_name_the_function_and_the_shapes() -> None:
    with pytest.raises(InvalidArgumentError, match=r"`tf.matmul` with tensors of shapes \(2, 3\), \(2, 3\)"):
        matmul(torch.ones(2, 3), torch.ones(2, 3))


def test_calls_on_keras_tensors_become_steps_of_a_model() -> None:
    x = keras.Input((4,))
    y = add(reshape(x, [-1, 2, 2]), 1.0)
    assert y.shape == (None, 2, 2)
    model = keras.Model(x, y)
    assert model(torch.zeros(3, 4)).shape == (3, 2, 2)


def test_a_model_of_such_calls_can_be_pickled() -> None:
    x = keras.Input((2,))
    model = pickle.loads(pickle.dumps(keras.Model(x, add(x, 1.0))))
    assert model(torch.zeros(1, 2)).tolist() == [[1.0, 1.0]]


def test_lists_of_strings_reach_functions_that_move_elements() -> None:
    assert concat([["a"], ["b", "c"]], 0).numpy().tolist() == [b"a", b"b", b"c"]


def test_strings_are_refused_where_numbers_are_needed() -> None:
    with pytest.raises((TypeError, ValueError)):
        reduce_sum(concat([["a"], ["b"]], 0))


def test_gradients_flow_and_go_to_the_first_of_equal_numbers() -> None:
    x = keras.Variable([0.0, 2.0])
    with GradientTape() as tape:
        y = reduce_sum(maximum(x, 0.0))
    assert tape.gradient(y, x).numpy().tolist() == [1.0, 1.0]
