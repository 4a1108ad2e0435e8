"""Tensors of strings: their attributes and operators (texts of TensorFlow 2.15)."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes, is_text, string_tensor


def test_it_looks_like_tensorflows() -> None:
    assert repr(StringTensor("a")) == "<tf.Tensor: shape=(), dtype=string, numpy=b'a'>"
    assert str(StringTensor("a")) == "tf.Tensor(b'a', shape=(), dtype=string)"
    assert (
        repr(StringTensor(["a", "b"]))
        == "<tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a', b'b'], dtype=object)>"
    )
    assert StringTensor([["é"]]).shape.as_list() == [1, 1]
    assert StringTensor("é").numpy() == b"\xc3\xa9"
    assert StringTensor("a").dtype.name == "string"


def test_parts_rows_and_lengths() -> None:
    x = StringTensor([["a", "b"], ["c", "d"]])
    assert x[0, 1].numpy() == b"b"
    assert x[:, 0].numpy().tolist() == [b"a", b"c"]
    assert [row.numpy().tolist() for row in x] == [[b"a", b"b"], [b"c", b"d"]]
    assert len(x) == 2


def test_strings_are_compared_and_added_element_by_element() -> None:
    x = StringTensor(["a", "b"])
    assert (x == "a").numpy().tolist() == [True, False]
    assert (x != ["a", "c"]).numpy().tolist() == [False, True]
    assert (x + "!").numpy().tolist() == [b"a!", b"b!"]
    assert ("<" + x).numpy().tolist() == [b"<a", b"<b"]
    assert not bool((x == ["a"] * 3).numpy())


def test_zeros_at_the_end_stay() -> None:
    assert StringTensor(b"a\x00").numpy() == b"a\x00"
    assert as_bytes([b"a\x00", b"b"]).tolist() == [b"a\x00", b"b"]


def test_it_is_pickled_and_becomes_an_array() -> None:
    x = pickle.loads(pickle.dumps(StringTensor(["a"])))
    assert np.asarray(x).tolist() == [b"a"]


def test_a_shape_is_filled_or_taken() -> None:
    assert string_tensor("a", (2, 1)).shape == (2, 1)
    assert string_tensor(["a", "b"], (2, 1)).numpy().tolist() == [[b"a"], [b"b"]]
    with pytest.raises(TypeError, match="of 2 strings"):
        string_tensor(["a", "b"], (3,))


def test_what_is_not_a_string_is_refused() -> None:
    with pytest.raises(TypeError, match="takes str and bytes. Received: 1 of type int"):
        StringTensor(["a", 1])
    with pytest.raises(ValueError, match="equal lengths"):
        StringTensor([["a"], ["b", "c"]])
    assert not is_text([1])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(StringTensor(["a", "b"]))
