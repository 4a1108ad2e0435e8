"""The data that notes leave out: iris, and tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.notes.data import csv_data, iris_data


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


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (rows([1] * 9), "lable", r"no column 'lable'; its columns are a, b, label. Did you mean 'label'"),
        (rows([1] * 3), "label", "3 rows below its header"),
        ("", "label", "no column 'label'"),
        (rows([1] * 9).replace("3,1.5", "3,cold"), "label", r"row 4: column 'b' holds 'cold', which is not a finite"),
        (rows([1] * 9).replace("3,1.5", "3,"), "label", "row 4: column 'b' holds ''"),
        (rows([1] * 9).replace("3,1.5,", "3,"), "label", "row 4: 2 values, but the header names 3"),
        (rows([1] * 9).replace("3,1.5,1", "3,1.5,"), "label", "row 4: column 'label', the target, holds ''"),
    ],
)
def test_a_bad_table_is_an_error_that_says_where(tmp_path: Path, text: str, target: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        csv_data(table(tmp_path, text), target)


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone.csv"):
        csv_data(tmp_path / "gone.csv", "label")
