"""Choices and loops (values of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow import control_flow as tf
from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def add(a: Any, x: Any) -> Any:
    """Return the sum."""
    return a + x


def test_choices() -> None:
    assert tf.cond(constant(True), lambda: 1, lambda: 2) == 1
    assert tf.case([(constant(False), lambda: 1), (constant(True), lambda: 2)]) == 2
    assert tf.case([(False, lambda: 1)], default=lambda: 3) == 3
    assert tf.switch_case(constant(1), [lambda: 1, lambda: 2]) == 2
    assert tf.switch_case(constant(7), {0: lambda: 1, 3: lambda: 2}) == 2
    assert tf.switch_case(constant(7), [(0, lambda: 1)], default=lambda: 5) == 5
    with pytest.raises(InvalidArgumentError, match="2 of 2"):
        tf.case([(True, lambda: 1), (True, lambda: 2)], exclusive=True)
    with pytest.raises(TypeError, match="callable"):
        tf.cond(True, 1, 2)


def test_a_choice_by_a_symbolic_value_is_recorded() -> None:
    x = KerasTensor((2,))
    assert tf.cond(KerasTensor((), "bool"), lambda: x, lambda: x * 2).shape == (2,)


def test_while_loops() -> None:
    (i,) = tf.while_loop(lambda i: i < 10, lambda i: [i + 3], [0])
    assert (type(i), int(i)) == (Tensor, 12)
    i, x = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (constant(0), constant(1.0)))
    assert (int(i), float(x)) == (3, 8.0)
    assert int(tf.while_loop(lambda i: True, lambda i: (i + 1,), [0], maximum_iterations=4)[0]) == 4


def test_while_loops_without_values_run_once() -> None:
    i, x = wrap(torch.zeros((), device="meta")), wrap(torch.zeros(2, 3, device="meta"))
    calls = []
    _, y = tf.while_loop(lambda i, x: i < 3, lambda i, x: (calls.append(1), i + 1, x * 2)[1:], (i, x))
    assert (len(calls), y.shape.as_list()) == (1, [2, 3])


def test_maps() -> None:
    assert tf.map_fn(lambda x: x * 2, constant([1, 2, 3])).numpy().tolist() == [2, 4, 6]
    pair = (constant([1, 2]), constant([3, 4]))
    assert tf.map_fn(lambda x: x[0] + x[1], pair, dtype="int32").numpy().tolist() == [4, 6]
    doubled = tf.map_fn(lambda x: (x, x * 2), constant([1.0]), fn_output_signature=("float32", "float32"))
    assert doubled[1].numpy().tolist() == [2.0]
    empty = tf.map_fn(lambda x: x, constant(np.zeros((0, 2))), fn_output_signature=TensorSpec([3], "int32"))
    assert (empty.shape.as_list(), empty.dtype.name) == ([0, 3], "int32")
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        tf.map_fn(lambda x: x, (constant([1, 2]), constant([1, 2, 3])))
    with pytest.raises(ValueError, match="axis"):
        tf.map_fn(lambda x: x, constant(1))


def test_vectorized_maps() -> None:
    x = constant([[1.0, 2.0], [3.0, 4.0]])
    assert tf.vectorized_map(lambda row: row.sum(), x).numpy().tolist() == [3.0, 7.0]
    assert tf.vectorized_map(lambda row: constant(float(row.sum())), x).numpy().tolist() == [3.0, 7.0]
    with pytest.raises(ValueError, match="vectorize"):
        tf.vectorized_map(lambda row: constant(float(row.sum())), x, fallback_to_while_loop=False)


def test_folds_and_scans() -> None:
    x = constant([1, 2, 3])
    assert int(tf.foldl(lambda a, b: a - b, x)) == -4
    assert int(tf.foldr(lambda a, b: a - b, x)) == 0
    assert int(tf.foldl(add, x, initializer=10)) == 16
    assert tf.scan(add, x).numpy().tolist() == [1, 3, 6]
    assert tf.scan(add, x, initializer=10).numpy().tolist() == [11, 13, 16]
    assert tf.scan(add, x, reverse=True).numpy().tolist() == [6, 5, 3]
    with pytest.raises(ValueError, match="initializer"):
        tf.foldl(add, constant(np.zeros(0)))


def test_loops_are_differentiated() -> None:
    x = Variable(2.0)
    with GradientTape() as tape:
        (_, y) = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, constant(1.0)])
        z = y + tf.foldl(add, tf.map_fn(lambda a: a * x, constant([1.0, 2.0])))
    assert float(tape.gradient(z, x)) == 12.0 + 3.0


def test_functions_of_python() -> None:
    assert float(tf.py_function(lambda x: x * 2, [1.0], "float32")) == 2.0
    assert [float(x) for x in tf.py_function(lambda x: (x, x), [1.0], ["float32", "float64"])] == [1.0, 1.0]
    assert tf.py_function(lambda: None, [], []) == []
    found = tf.numpy_function(lambda x: np.sum(x, keepdims=True), [np.ones(2, "float32")], ["float32"])
    assert found.numpy().tolist() == [2.0]
    assert tf.numpy_function(lambda x: np.float64(x) + 1, [wrap(torch.ones(()))], "float32").dtype == "float32"
    with pytest.raises(ValueError, match="promised 2"):
        tf.py_function(lambda: 1, [], ["float32", "float32"])
    for function in (tf.py_function, tf.numpy_function):
        with pytest.raises(TypeError, match="needs a function"):
            function()
