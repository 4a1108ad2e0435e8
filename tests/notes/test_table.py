"""Tables as text, with whatever separates their columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.notes.table import column_as_numbers, read_rows


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "a|b\n1|2\n3|4\n", "a  b\n1  2\n3  4\n"]
)
def test_any_separator_will_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert read_rows(path) == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_quotes_keep_separators_in(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('name;size\n"a;b";1,5\n"c";2\n')
    assert read_rows(path) == (["name", "size"], [["a;b", "1,5"], ["c", "2"]])


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileContentError, match="not a table as UTF-8 text"):
        read_rows(path)


def test_numbers_keep_their_column_and_get_the_median() -> None:
    values, names, remark = column_as_numbers(["1", "NA", "4", "2"], "t.csv", "a")
    np.testing.assert_array_equal(values[:, 0], [1, 2, 4, 2])
    assert (names, remark) == (["a"], "a: 1 empty cells have the median")


def test_words_get_a_column_each() -> None:
    values, names, _ = column_as_numbers(["x", "y", "x"], "t.csv", "a")
    np.testing.assert_array_equal(values, [[1, 0], [0, 1], [1, 0]])
    assert names == ["a=x", "a=y"]


def test_names_of_everybody_are_left_out() -> None:
    values, names, remark = column_as_numbers([f"person {i}" for i in range(60)], "t.csv", "a")
    assert (values.shape, names, remark) == ((60, 0), [], "a is left out, it has 60 different words")


def test_a_word_among_numbers_is_an_error_with_its_place() -> None:
    with pytest.raises(FileContentError, match=r"t.csv, row 3: column 'a' holds 'cold'"):
        column_as_numbers(["1", "2", "cold"], "t.csv", "a")
