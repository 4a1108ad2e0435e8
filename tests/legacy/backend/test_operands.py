from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Variable
from torchkeras_compat.device import shape_inference_device
from torchkeras_compat.legacy.backend.inspection import shape
from torchkeras_compat.legacy.backend.operands import (
    floats,
    known_sizes,
    normalized_axis,
    pair,
    recorded,
    sizes,
    tensor,
)
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_everything_becomes_a_tensor() -> None:
    for x in ([1.0], np.ones(1, "float32"), Variable([1.0]), torch.ones(1)):
        assert tensor(x).tolist() == [1.0]


def test_variables_have_no_values_while_shapes_are_inferred_and_sizes_do() -> None:
    v, x = Variable([1.0]), torch.zeros(2, 3)
    with shape_inference_device():
        assert tensor(v).is_meta
        assert sizes(tensor(shape(x))) == (2, 3)


def test_integers_become_floatx() -> None:
    assert floats([1, 2]).dtype == floats(torch.tensor([True])).dtype == torch.float32
    assert floats(torch.ones(1, dtype=torch.float64)).dtype == torch.float64


def test_a_number_takes_the_dtype_of_the_other_operand() -> None:
    assert [x.dtype for x in pair(torch.ones(1, dtype=torch.float64), 2)] == [torch.float64] * 2
    assert [x.dtype for x in pair(Variable([1.0]), torch.tensor([1]))] == [torch.float32] * 2


def test_shapes_say_all_their_sizes() -> None:
    assert sizes([torch.tensor(2), np.int64(3)]) == (2, 3)
    assert sizes(Variable([2, 3], dtype="int32")) == (2, 3)
    with pytest.raises(TypeError, match=r"must say all its sizes here. Received: \(None, 3\)"):
        sizes((None, 3))
    with pytest.raises(TypeError, match=r"Use \(3,\) for one axis"):
        sizes(3)


def test_sizes_are_known_as_far_as_the_recorded_shape_says() -> None:
    x = KerasTensor((None, 3, 4))
    assert known_sizes(shape(x)) == (None, 3, 4)
    assert known_sizes(shape(x)[1:]) == (3, 4)
    assert known_sizes((shape(x)[0], shape(x)[1], 5)) == (None, 3, 5)
    assert known_sizes(KerasTensor((2,), "int32")) == (None, None)
    with pytest.raises(ValueError, match="one axis of known length"):
        known_sizes(KerasTensor((None,), "int32"))


def test_an_axis_that_is_not_there_is_refused() -> None:
    assert normalized_axis(-1, 3) == 2
    with pytest.raises(ValueError, match="no axis 3 in a tensor of 3 axes"):
        normalized_axis(3, 3)


def test_the_shape_of_a_recorded_result_is_what_the_function_says() -> None:
    @recorded(lambda x: KerasTensor((7,), x.dtype))
    def seven(x):
        return torch.zeros(7)

    assert seven(KerasTensor((2,))).shape == (7,)
