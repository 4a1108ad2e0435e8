"""`tf.Variable` (values and texts of TensorFlow 2.15)."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap
from torchkeras_compat.dialects.tensorflow.variable import IndexedSlices, Variable


@pytest.fixture
def v() -> Any:
    """A variable of two numbers."""
    return Variable([1.0, 2.0])


def test_text_is_that_of_tensorflow(v: Any) -> None:
    assert (
        repr(v) == str(v) == "<tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>"
    )
    assert f"{Variable(3)}" == "<tf.Variable 'Variable:0' shape=() dtype=int32, numpy=3>"
    assert Variable(1.0, name="n/x").name == "n/x:0"


@pytest.mark.parametrize(
    ("value", "dtype", "expected"),
    [(3, None, "int32"), (3.0, None, "float32"), (np.ones(2), None, "float64"), ([1, 2], "float32", "float32")],
)
def test_dtypes(value: Any, dtype: Any, expected: str) -> None:
    assert Variable(value, dtype=dtype).dtype == expected


def test_reading(v: Any) -> None:
    assert (v.shape.as_list(), v.get_shape(), v.ndim) == ([2], [2], 1)
    for read in (v.value(), v.read_value(), v + 0, 1 * v, np.ones(2) * v, wrap(torch.ones(2)) * v):
        assert type(read) is Tensor
        assert read.numpy().tolist() == [1.0, 2.0]
    assert np.mean(v) == 1.5
    assert [type(x) for x in v] == [Tensor, Tensor]
    assert (v == v).numpy().all()
    assert type(Variable(2.0).numpy()) is np.float32
    assert v.gather_nd([[1]]).numpy().tolist() == v.sparse_read([1]).numpy().tolist() == [2.0]
    assert not isinstance(v, Tensor)


def test_assigning(v: Any) -> None:
    assert v.assign([3, 4]) is v
    assert v.assign_add([1, 1]).numpy().tolist() == [4.0, 5.0]
    assert v.assign_sub([1, 2]).numpy().tolist() == [3.0, 3.0]
    v[0].assign(9.0)
    v[1:].assign_add([1.0])
    assert v.numpy().tolist() == [9.0, 4.0]
    v.scatter_nd_update([[0]], [5.0])
    v.scatter_nd_add([[0], [0]], [1.0, 1.0])
    v.scatter_update(IndexedSlices([1.0], [1]))
    v.scatter_sub(IndexedSlices([1.0], [1]))
    assert v.numpy().tolist() == [7.0, 0.0]


def test_a_shape_with_unknown_sizes_may_change() -> None:
    v = Variable([1.0], shape=TensorShape([None]))
    assert v.shape.as_list() == [None]
    assert v.assign([1.0, 2.0]).numpy().tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="incompatible"):
        v.assign([[1.0]])


@pytest.mark.parametrize(
    ("do", "error", "match"),
    [
        (lambda v: v.assign([1.0]), ValueError, r"\(1,\)"),
        (lambda v: Variable(), ValueError, "initial_value"),
        (lambda v: v.__iadd__(1), RuntimeError, "assign_add"),
        (lambda v: v.__isub__(1), RuntimeError, "assign_sub"),
        (lambda v: v.__setitem__(0, 1), TypeError, "assign"),
        (lambda v: v.op, AttributeError, "graphs"),
        (lambda v: v.set_shape([3]), ValueError, "incompatible"),
        (lambda v: (v + 1)[0].assign(1.0), AttributeError, "tf.Variable"),
    ],
)
def test_bad_uses_are_refused(v: Any, do: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        do(v)


def test_it_is_a_weight_of_a_layer() -> None:
    class Linear(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.w = Variable(np.eye(2, dtype="float32"), name="w")
            self.calls = Variable(0, trainable=False)

        def call(self, x: Any) -> Any:
            self.calls.assign_add(1)
            return x @ self.w

    layer = Linear()
    assert [v.name for v in layer.weights] == ["w:0", "Variable:0"]
    assert layer.trainable_weights == [layer.w] or layer.trainable_weights[0] is layer.w
    assert set(layer.state_dict()) == {"w", "calls"}
    layer(torch.ones(1, 2))
    assert int(layer.calls) == 1
    assert all(isinstance(w, Variable) for w in keras.layers.Dense(1).weights)
    dense = keras.layers.Dense(1)
    dense.build((None, 1))
    assert isinstance(dense.kernel, Variable)


def test_it_trains_in_a_model() -> None:
    class Scale(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.s = Variable(1.0)

        def call(self, x: Any) -> Any:
            return torch.mul(x, self.s)

    model = Scale()
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 1)), 3 * np.ones((4, 1)), epochs=50, verbose=0)
    assert model.s.numpy() > 1.5


def test_copies(v: Any) -> None:
    for other in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        other.assign([0, 0])
        assert repr(v).endswith("numpy=array([1., 2.], dtype=float32)>")
