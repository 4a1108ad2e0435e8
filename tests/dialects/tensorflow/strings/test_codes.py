"""Strings as numbers, in their order."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.arrays import joining, rearranging, selection, shapes
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.linalg.products import matmul
from torchkeras_compat.dialects.tensorflow.math.comparison import equal
from torchkeras_compat.dialects.tensorflow.strings.codes import call_on_codes, holds_text
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor


def test_moved_elements_are_strings_and_compared_ones_truth_values() -> None:
    x = StringTensor([["b", "a"], ["", "a"]])
    assert rearranging.transpose(x).numpy().tolist() == [[b"b", b""], [b"a", b"a"]]
    assert equal(x, "a").numpy().tolist() == [[False, True], [False, True]]
    assert shapes.shape(x).numpy().tolist() == [2, 2]


def test_of_named_results_the_first_holds_strings() -> None:
    found = selection.unique(StringTensor(["b", "a", "b"]))
    assert found.y.numpy().tolist() == [b"b", b"a"]
    assert found.idx.numpy().tolist() == [0, 1, 0]


def test_lists_and_tensors_of_strings_go_together() -> None:
    assert joining.concat([["x"], StringTensor(["y"])], 0).numpy().tolist() == [b"x", b"y"]
    assert joining.stack([StringTensor("x"), "y"]).numpy().tolist() == [b"x", b"y"]
    assert holds_text([[1], ["a"]])


def test_a_function_of_numbers_refuses_strings() -> None:
    with pytest.raises(InvalidArgumentError, match="`tf.matmul` does not take strings"):
        call_on_codes(matmul, (StringTensor("a"), StringTensor("b")), {})
