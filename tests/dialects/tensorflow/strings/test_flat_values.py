"""Functions of strings on ragged tensors."""

from __future__ import annotations

from torchkeras_compat.dialects.tensorflow.ragged.making import constant
from torchkeras_compat.dialects.tensorflow.strings.cases import length, lower
from torchkeras_compat.dialects.tensorflow.strings.flat_values import of_flat_values


def test_rows_stay_and_values_change() -> None:
    x = constant([["A"], [], ["B", "CD"]])
    assert lower(x).to_list() == [[b"a"], [], [b"b", b"cd"]]
    assert length(input=x).to_list() == [[1], [], [1, 2]]


def test_anything_else_goes_through() -> None:
    assert of_flat_values(lambda x: x + 1)(1) == 2
