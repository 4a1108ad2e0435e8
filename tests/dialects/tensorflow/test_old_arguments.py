"""Old names of arguments."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.math.counting import confusion_matrix_v1
from torchkeras_compat.dialects.tensorflow.old_arguments import old_arguments, renamed
from torchkeras_compat.dialects.tensorflow.strings.conversion import to_number
from torchkeras_compat.dialects.tensorflow.strings.joining import reduce_join


def test_a_function_takes_them_too() -> None:
    assert old_arguments(size="length")(lambda length: length)(size=3) == 3
    assert to_number(string_tensor=["1"]).numpy().tolist() == [1.0]
    assert reduce_join([["a", "b"]], reduction_indices=[1]).numpy().tolist() == [b"ab"]


def test_an_argument_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="`dim` is the old name of `axis`. Received both: 1 and 0"):
        renamed({"dim": 1, "axis": 0}, {"dim": "axis"})


def test_orders_of_the_first_version() -> None:
    found = confusion_matrix_v1([0, 1], [1, 1], 2, "float32", None, [0.5, 2.0])
    assert found.numpy().tolist() == [[0.0, 0.5], [0.0, 2.0]]
