"""`tf.TensorArray` (values of TensorFlow 2.15)."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError, OutOfRangeError
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor_array import TensorArray
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_writing_and_reading() -> None:
    array = TensorArray("float32", size=2)
    assert array.write(0, 1).write(1, 2.0).stack().numpy().tolist() == [1.0, 2.0]
    assert float(array.read(0)) == 1.0
    with pytest.raises(InvalidArgumentError, match="clear_after_read"):
        array.read(0)
    with pytest.raises(OutOfRangeError, match="dynamic_size"):
        array.write(5, 1.0)
    with pytest.raises(OutOfRangeError, match="size is: 2"):
        array.read(2)
    with pytest.raises(ValueError, match="incompatible"):
        array.write(0, [1.0])
    with pytest.raises(ValueError, match="GradientTape"):
        array.grad("x")


def test_growing_and_all_at_once() -> None:
    array = TensorArray("int32", size=0, dynamic_size=True).unstack([1, 2, 3])
    assert array.gather([0, 2]).numpy().tolist() == [1, 3]
    assert array.scatter([3, 4], [7, 8]).stack().numpy().tolist() == [1, 2, 3, 7, 8]
    assert (int(array.size()), len(array), array.dtype.name, array.dynamic_size) == (5, 5, "int32", True)
    assert TensorArray("float32", 2).split([1.0, 2.0, 3.0], [1, 2]).concat().numpy().tolist() == [1.0, 2.0, 3.0]
    assert TensorArray("float32", 1, element_shape=(2,)).identity().stack().numpy().tolist() == [[0.0, 0.0]]
    assert TensorArray("float32", 0, element_shape=(None, 2)).stack().shape == (0, 0, 2)
    assert TensorArray("string", 1).write(0, "a").read(0).numpy() == b"a"
    array.close()
    assert TensorArray("float32", 1).element_shape.rank is None
    with pytest.raises(OutOfRangeError, match="Nothing was written"):
        TensorArray("float32", 1).read(0)


def test_gradients_go_through() -> None:
    x = Variable(3.0)
    with GradientTape() as tape:
        array = TensorArray("float32", 2)
        array = array.write(0, x * x).write(1, x)
        y = array.stack().sum()
    assert float(tape.gradient(y, x)) == 7.0
