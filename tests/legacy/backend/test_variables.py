from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import optimizers
from torchkeras_compat.legacy.backend import variables as K
from torchkeras_compat.legacy.backend.inspection import shape
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_variables_are_of_floatx_and_own_their_values() -> None:
    values = np.array([1, 2])
    v = K.variable(values)
    values[0] = 9
    assert v.dtype == "float32"
    assert v.numpy().tolist() == [1.0, 2.0]
    assert v.trainable


def test_names_of_tensorflow_are_taken_by_their_last_part() -> None:
    assert K.variable(1.0, name="scope/weights:0").name == "weights"


def test_a_recorded_tensor_is_not_a_first_value() -> None:
    with pytest.raises(ValueError, match="A variable begins with values"):
        K.variable(placeholder((2,)))


def test_constants_fill_a_shape() -> None:
    assert K.constant(2, shape=(2, 2)).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    with pytest.raises(ValueError, match=r"A constant of shape \(3,\) has 3 values. Received: 2"):
        K.constant([1, 2], shape=(3,))


def test_zeros_of_a_recorded_size_are_recorded() -> None:
    x = placeholder((None, 3))
    assert K.zeros((shape(x)[0], 2)).shape == (None, 2)
    assert K.ones_like(x).shape == (None, 3)
    assert K.zeros((2,), dtype="int32").dtype == "int32"


def test_values_are_set_in_variables_tensors_and_optimizers() -> None:
    v, t, optimizer = K.variable([1.0, 2.0]), torch.zeros(2), optimizers.SGD(0.5)
    K.batch_set_value([(v, [3, 4]), (t, np.ones(2)), (optimizer.learning_rate, 0.25)])
    assert [x.tolist() for x in K.batch_get_value([v, t])] == [[3.0, 4.0], [1.0, 1.0]]
    assert K.get_value(optimizer.learning_rate) == 0.25
    assert K.get_value(7) == 7
    with pytest.raises(TypeError, match="`set_value` sets variables. Received: 3"):
        K.set_value(3, 4)
    with pytest.raises(ValueError, match="shape"):
        K.set_value(v, [1.0])


def test_random_variables_repeat_with_their_seed() -> None:
    for make in (K.random_normal_variable, K.random_uniform_variable):
        assert np.array_equal(make((3,), 0.0, 1.0, seed=3).numpy(), make((3,), 0.0, 1.0, seed=3).numpy())
