from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io.csv import decode_csv


def listed(columns: list[Any]) -> list[Any]:
    return [np.asarray(column).tolist() for column in columns]


def test_columns_have_the_dtypes_of_their_defaults() -> None:
    """Values of TensorFlow 2.15."""
    columns = decode_csv(["1,2.5,a", '3,,"b,c"'], [[0], [1.5], ["z"]])
    assert listed(columns) == [[1, 3], [2.5, 1.5], [b"a", b"b,c"]]
    assert [np.asarray(column).dtype.name for column in columns[:2]] == ["int32", "float32"]
    assert listed(decode_csv("1;NA", [[0.0], [7.0]], field_delim=";", na_value="NA")) == [1.0, 7.0]
    assert listed(decode_csv(["1,2,3"], [[0]], select_cols=[2])) == [[3]]


@pytest.mark.parametrize(
    ("line", "defaults", "message"),
    [
        ("1,2,3", [[0], [0]], "Expect 2 fields but have 3"),
        ("a,2", [[0], [0]], "Field 0 in record is not a valid int32: 'a'"),
        ("3000000000,2", [[0], [0]], "not a valid int32"),
        (",2", [[], [0]], "Field 0 is required but missing"),
    ],
)
def test_lines_that_do_not_fit(line: str, defaults: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        decode_csv([line], defaults)


def test_a_record_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be read"):
        decode_csv("1,a\r2,b", [0, ""])
