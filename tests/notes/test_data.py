"""The data that notes leave out: iris, and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.notes.data import csv_data, iris_data
from torchkeras_compat.notes.made_up.needs import Needs, Target


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def rows(labels: list[object]) -> str:
    return "a,b,label\n" + "".join(f"{i},{i / 2},{label}\n" for i, label in enumerate(labels))


def test_iris_has_the_shapes_of_the_notes() -> None:
    data = iris_data()
    assert data.data.shape == (132, 4) and data.data.dtype == np.float32
    assert data.labels.shape == (132, 3) and data.labels.dtype == np.float32
    assert data.eval_data.shape == (18, 4) and data.eval_labels.shape == (18, 3)
    assert data.new_data.shape == (3, 4)
    np.testing.assert_array_equal(data.labels.sum(axis=1), 1)
    assert list(data.names()) == ["data", "labels", "eval_data", "eval_labels", "new_data"]


def test_words_become_one_hot_labels_in_sorted_order(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows(["z", "x", "y"] * 4)), "label")
    labels = np.concatenate([data.labels, data.eval_labels])
    assert labels.shape == (12, 3)
    features = np.concatenate([data.data, data.eval_data])
    np.testing.assert_array_equal(labels.argmax(1), (features[:, 0].astype(int) % 3 + 2) % 3)
    assert "0 = x, 1 = y, 2 = z" in data.description


def test_two_classes_become_one_column(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows([5, 7] * 5)), "label")
    assert data.labels.shape == (7, 1) and data.eval_labels.shape == (3, 1)
    assert set(data.labels.ravel()) == {0.0, 1.0}


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows([i / 4 for i in range(10)])), "label")
    np.testing.assert_allclose(data.labels[:, 0], data.data[:, 0] / 4)


def test_many_integers_are_numbers(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows(list(range(100)))), "label")
    assert data.labels.shape == (80, 1)


def test_the_target_may_be_any_column(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, "label,a\n" + "x,1\ny,2\n" * 5), "label")
    assert data.data.shape[1] == 1


def test_integers_are_numbers_where_it_is_asked_for(tmp_path: Path) -> None:
    path = table(tmp_path, rows([3, 5, 9] * 4))
    assert csv_data(path, "label").labels.shape == (9, 3)
    assert set(csv_data(path, "label", regression=True).labels.ravel()) == {3.0, 5.0, 9.0}
    with pytest.raises(ValueError, match="holds 'x', which is not a number"):
        csv_data(table(tmp_path, rows(["x", "y"] * 5)), "label", regression=True)


def test_words_and_empty_cells_become_numbers(tmp_path: Path) -> None:
    text = "size;color;price\n" + "1,5;red;10\n;blue;20\n2,5;red;30\n" * 3
    data = csv_data(table(tmp_path, text), "price", regression=True)
    x = np.concatenate([data.data, data.eval_data])
    assert x.shape == (9, 3)
    assert set(x[:, 0]) == {1.5, 2.5, 2.0}
    np.testing.assert_array_equal(x[:, 1:].sum(axis=1), 1)
    assert "size: 3 empty cells have the median" in data.description
    assert "color: a column for each of 2 words" in data.description


def test_rows_without_a_target_are_left_out(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows([1, 2, ""] * 4)), "label")
    assert len(data.data) + len(data.eval_data) == 8
    assert "4 rows without label are left out" in data.description


def test_a_table_without_a_header_is_numbered(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, "6,148,72,1\n1,85,66,0\n" * 5), "3")
    assert data.data.shape[1] == 3
    assert set(data.labels.ravel()) == {0.0, 1.0}


def test_labels_take_the_form_that_a_model_needs(tmp_path: Path) -> None:
    data = csv_data(table(tmp_path, rows(["a", "b"] * 5)), "label")

    def shape(kind: str, size: int) -> tuple[int, ...]:
        return data.parts(Needs("m", (), (Target("y", (size,), kind),)))["train"].targets[0].shape

    assert (shape("integers", 2), shape("one_hot", 2), shape("binary", 1)) == ((7,), (7, 2), (7, 1))
    assert data.parts(None)["new"].inputs[0].shape == (3, 2)


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (rows([1] * 9), "lable", r"no column 'lable'; its columns are a, b, label. Did you mean 'label'"),
        (rows([1] * 3), "label", "3 rows below its header"),
        ("", "label", "no column 'label'"),
        (rows([1] * 9).replace("3,1.5", "3,cold"), "label", r"row 4: column 'b' holds 'cold', which is not a finite"),
        (rows([1] * 9).replace("3,1.5", "3,inf"), "label", "row 4: column 'b' holds 'inf', which is not a finite"),
        (rows([1] * 9).replace("3,1.5,", "3,"), "label", "row 4: 2 values, but the header names 3"),
        (rows([""] * 9), "label", "0 rows below its header"),
    ],
)
def test_a_bad_table_is_an_error_that_says_where(tmp_path: Path, text: str, target: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        csv_data(table(tmp_path, text), target)


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone.csv"):
        csv_data(tmp_path / "gone.csv", "label")
