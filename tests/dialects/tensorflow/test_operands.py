"""What functions of TensorFlow accept (facts of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axes_of, booleans, floats, integer, operands, sizes, tensor


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(1, "int32"), (1.0, "float32"), ([1, 2], "int32"), (True, "bool"), (np.ones(1), "float64"), (2**40, "int64")],
)
def test_values_get_the_dtype_that_tensorflow_gives_them(value: Any, dtype: str) -> None:
    assert tensor(value).dtype is getattr(torch, dtype)


def test_floats_are_float32_whatever_keras_is_set_to() -> None:
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        assert tensor([1.0]).dtype is torch.float32
    finally:
        keras.config.set_floatx(before)


def test_numbers_and_arrays_follow_a_tensor() -> None:
    first, second, third = operands(torch.ones(2), 2, np.ones(2))
    assert first.dtype is second.dtype is third.dtype is torch.float32


@pytest.mark.parametrize("other", [torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.float64)])
def test_tensors_of_different_dtypes_are_refused(other: torch.Tensor) -> None:
    with pytest.raises(InvalidArgumentError, match="Operands must have one dtype. Received: float32 and"):
        operands(torch.ones(2), other)


@pytest.mark.parametrize(("x", "y"), [(torch.ones(2, dtype=torch.int32), 1.5), ([1, 2], 2.5), (True, 2)])
def test_a_number_that_the_dtype_cannot_hold_is_refused(x: Any, y: Any) -> None:
    with pytest.raises(TypeError, match="Cannot convert"):
        operands(x, y)


def test_functions_of_real_numbers_refuse_integers() -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"`tf.exp` takes floating point or complex numbers. Received dtype int32"
    ):
        floats(1, "exp")
    with pytest.raises(InvalidArgumentError, match="takes booleans. Received dtype int32"):
        booleans(torch.ones(1, dtype=torch.int32), "logical_not")


@pytest.mark.parametrize("shape", [[2, 3], (2, 3), torch.tensor([2, 3]), np.array([2, 3]), [torch.tensor(2), 3]])
def test_a_shape_is_given_in_many_ways(shape: Any) -> None:
    assert sizes(shape) == [2, 3]


def test_bad_sizes_and_axes_say_what_was_received() -> None:
    with pytest.raises(TypeError, match="Argument `shape` takes integers. Received: 1.5 of type float"):
        sizes([1.5])
    with pytest.raises(TypeError, match="Received: None of type NoneType"):
        integer(None, "depth")
    with pytest.raises(InvalidArgumentError, match=r"`axis` must lie in \[-2, 2\) for 2 axes. Received: 2"):
        axes_of(2, 2)
