"""Tensors made of values (values of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow import creation as tf
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap
from torchkeras_compat.dialects.tensorflow.variable import IndexedSlices, Variable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def same(x: Any, values: Any, dtype: str) -> None:
    """Assert that a tensor of the dialect holds these values."""
    assert type(x) is Tensor
    assert x.dtype == dtype
    assert x.numpy().tolist() == values


def test_constants() -> None:
    same(tf.constant([1, 2]), [1, 2], "int32")
    same(tf.constant((1, 2.5)), [1.0, 2.5], "float32")
    same(tf.constant(True), True, "bool")
    same(tf.constant(2**40), 2**40, "int64")
    same(tf.constant(np.ones(1)), [1.0], "float64")
    same(tf.constant([1, 2], "float16"), [1.0, 2.0], "float16")
    same(tf.constant(1, shape=(2,)), [1, 1], "int32")
    same(tf.constant([1, 2, 3, 4], shape=(2, 2)), [[1, 2], [3, 4]], "int32")
    same(tf.constant([tf.constant(1.0), 2.0]), [1.0, 2.0], "float32")


def test_a_constant_has_memory_of_its_own() -> None:
    array = np.zeros(1, "float32")
    x = tf.constant(array)
    array[0] = 1
    assert x.numpy().tolist() == [0.0]


def test_texts() -> None:
    assert tf.constant("a").numpy() == b"a"
    assert tf.constant(["a", "b"]).numpy().tolist() == [b"a", b"b"]
    assert tf.fill([2], "x").numpy().tolist() == [b"x", b"x"]
    assert tf.zeros([1], "string").numpy().tolist() == [b""]
    assert tf.is_tensor(tf.constant("a"))


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: tf.constant([1, 2], shape=(2, 2)), TypeError, "2 values"),
        (lambda: tf.constant([1.5], "int32"), TypeError, "int32"),
        (lambda: tf.constant(None), ValueError, "None"),
        (lambda: tf.constant([[1], [1, 2]]), ValueError, "equal lengths"),
        (lambda: tf.convert_to_tensor(tf.constant(1), "float32"), ValueError, "tf.cast"),
        (lambda: tf.range(1, 2, 0), ValueError, "delta"),
    ],
)
def test_bad_values_are_refused(make: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make()


def test_conversion() -> None:
    same(tf.convert_to_tensor(np.ones(1)), [1.0], "float64")
    same(tf.convert_to_tensor(1, dtype_hint="float32"), 1.0, "float32")
    same(tf.convert_to_tensor(Variable([1.0])), [1.0], "float32")
    same(tf.convert_to_tensor(IndexedSlices([[1.0]], [1], [2, 1])), [[0.0], [1.0]], "float32")
    symbolic = KerasTensor((None, 2))
    assert tf.convert_to_tensor(symbolic) is symbolic


def test_fills() -> None:
    same(tf.zeros(2), [0.0, 0.0], "float32")
    same(tf.ones([1, 2], "int32"), [[1, 1]], "int32")
    same(tf.zeros(tf.constant([2])), [0.0, 0.0], "float32")
    same(tf.fill([2], 3), [3, 3], "int32")


@pytest.mark.parametrize(
    ("args", "values", "dtype"),
    [
        ((5,), [0, 1, 2, 3, 4], "int32"),
        ((1, 5, 2), [1, 3], "int32"),
        ((5, 0, -2), [5, 3, 1], "int32"),
        ((0.0, 1.0, 0.25), [0.0, 0.25, 0.5, 0.75], "float32"),
        ((3, 3), [], "int32"),
        ((np.int64(2),), [0, 1], "int64"),
        ((3, None, 1, "float64"), [0.0, 1.0, 2.0], "float64"),
    ],
)
def test_ranges(args: Any, values: Any, dtype: str) -> None:
    same(tf.range(*args), values, dtype)


def test_casts() -> None:
    same(tf.cast([1.9, -1.9], "int32"), [1, -1], "int32")
    same(tf.cast(True, "float32"), 1.0, "float32")
    same(tf.cast(tf.constant(1), tf.constant(1.0).dtype), 1.0, "float32")
    assert tf.cast(KerasTensor((None,)), "int32").dtype == "int32"


def test_copies_and_constants() -> None:
    v = Variable([1.0])
    x = tf.identity(v)
    v.assign([2.0])
    same(x, [1.0], "float32")
    assert not tf.stop_gradient(wrap(torch.ones(1, requires_grad=True))).requires_grad
    assert tf.identity([1.5]).numpy() == 1.5


def test_static_values() -> None:
    assert tf.get_static_value(tf.constant(3)) == 3
    assert tf.get_static_value(KerasTensor((1,))) is None
    assert tf.make_ndarray(tf.constant([3])).tolist() == [3]
    assert (tf.is_tensor(Variable(1)), tf.is_tensor(KerasTensor((1,))), tf.is_tensor([1])) == (True, True, False)
    assert tf.is_symbolic_tensor(KerasTensor((1,)))


def test_no_values_take_any_dtype() -> None:
    assert tf.constant([], "int32").dtype == "int32"
