"""`tf.TensorShape` and `tf.TensorSpec` (values of TensorFlow 2.15)."""

from __future__ import annotations

import pickle

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.shapes import TensorShape, TensorSpec


def test_a_shape_is_a_tuple_with_attributes() -> None:
    shape = TensorShape([None, 3])
    assert (shape.as_list(), shape.rank, shape.ndims, shape.dims) == ([None, 3], 2, 2, [None, 3])
    assert shape[1] == 3
    assert shape[1:] == TensorShape([3])
    assert (shape == [None, 3], shape == (None, 3)) == (True, True)
    assert not shape.is_fully_defined()
    assert TensorShape([2, 3]).num_elements() == 6
    assert shape + [4] == (None, 3, 4)
    assert torch.zeros(TensorShape([2, 3])).shape == TensorShape([2, 3])


def test_text_is_that_of_tensorflow() -> None:
    assert repr(TensorShape([None, 3])) == "TensorShape([None, 3])"
    assert str(TensorShape([None, 3])) == "(None, 3)"
    assert repr(TensorShape(None)) == "TensorShape(None)"
    assert repr(TensorSpec([None, 2], "int32")) == "TensorSpec(shape=(None, 2), dtype=tf.int32, name=None)"


def test_a_shape_may_be_unknown() -> None:
    unknown = TensorShape(None)
    assert unknown.rank is None
    assert unknown.is_compatible_with([1, 2])
    assert unknown.merge_with([2]) == [2]
    assert unknown.with_rank(2) == [None, None]
    assert not unknown
    with pytest.raises(ValueError, match="unknown"):
        unknown.as_list()
    with pytest.raises(ValueError, match="unknown"):
        len(unknown)


def test_shapes_are_merged_and_compared() -> None:
    assert TensorShape([None, 3]).merge_with([2, None]) == [2, 3]
    assert TensorShape([None, 3]).is_compatible_with([7, 3])
    assert TensorShape([2, 3]).most_specific_compatible_shape([2, 4]) == [2, None]
    with pytest.raises(ValueError, match="incompatible"):
        TensorShape([2]).merge_with([3])
    with pytest.raises(ValueError, match="rank 3"):
        TensorShape([2]).assert_has_rank(3)


def test_bad_sizes_are_refused() -> None:
    with pytest.raises(TypeError, match="'a'"):
        TensorShape(["a"])
    with pytest.raises(ValueError, match="-1"):
        TensorShape([-1])


def test_specs() -> None:
    spec = TensorSpec([None, 3], "float32", name="x")
    assert spec.is_compatible_with(torch.ones(2, 3))
    assert not spec.is_compatible_with(torch.ones(2, 4))
    assert not spec.is_compatible_with(torch.ones(2, 3, dtype=torch.float64))
    assert TensorSpec.from_tensor(torch.ones(2, 3)) == TensorSpec([2, 3])
    assert TensorSpec([2, 3]).most_specific_compatible_type(TensorSpec([2, 4])).shape == [2, None]
    assert pickle.loads(pickle.dumps(spec)) == spec
    with pytest.raises(ValueError, match="dtypes differ"):
        spec.most_specific_compatible_type(TensorSpec([2, 3], "int32"))
