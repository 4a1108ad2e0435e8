"""The data that notes leave out: ``data, labels, eval_data, eval_labels, new_data``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets import iris
from torchkeras_compat.errors import FileContentError, FileLimitError, nearest

_LARGEST = float(np.finfo("float32").max)
MOST_CLASSES = 50  # integers with more distinct values than this are numbers to predict, not classes


@dataclass(frozen=True)
class NoteData:
    """Arrays to train with, to evaluate with and to predict from.

    Args:
        data: ``(samples, features)``, float32.
        labels: One-hot ``(samples, classes)``; two classes and numbers to predict: ``(samples, 1)``. float32.
        eval_data: As ``data``, held out.
        eval_labels: As ``labels``, of ``eval_data``.
        new_data: Three observations, ``(3, features)``, float32.
        description: One line about them.
    """

    data: np.ndarray
    labels: np.ndarray
    eval_data: np.ndarray
    eval_labels: np.ndarray
    new_data: np.ndarray
    description: str

    def names(self) -> dict[str, np.ndarray]:
        """Return the arrays by the names that notes use."""
        keys = ("data", "labels", "eval_data", "eval_labels", "new_data")
        return {key: getattr(self, key) for key in keys}


def iris_data() -> NoteData:
    """Return the bundled iris flowers; ``new_data`` are flowers near the middle of species 0, 2 and 1."""
    (data, labels), (eval_data, eval_labels) = iris.load_data(test_split=0.12)
    new_data = np.array([[5.0, 3.4, 1.5, 0.2], [6.8, 3.0, 5.8, 2.2], [5.9, 2.8, 4.1, 1.2]], dtype="float32")
    one_hot = np.eye(len(iris.CLASSES), dtype="float32")
    about = f"iris: {len(data)} flowers to train with, {len(eval_data)} to evaluate; 4 features, classes 0, 1, 2"
    return NoteData(data, one_hot[labels], eval_data, one_hot[eval_labels], new_data, f"{about} = {iris.CLASSES}")


def csv_data(
    path: str | Path, target: str, eval_fraction: float = 0.2, seed: int = 113, max_classes: int = 1000
) -> NoteData:
    """Return the rows of a CSV file with a header, shuffled, with one column as the target.

    Args:
        path: The file; every column but the target holds numbers.
        target: Name of the column to predict. Words and integers are classes, in sorted order; other numbers are
            predicted as they are.
        eval_fraction: Fraction of the rows held out, in (0, 1); ``new_data`` are the first three of them.
        seed: Of the shuffling.
        max_classes: Largest number of different words in the target; labels take as many numbers for each row.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there is no such column.
        FileContentError: the file is not a table as text; a value is missing, or not a finite float32 number; there
            are fewer than five rows.
        FileLimitError: the target has more than ``max_classes`` words.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Give the path of a CSV file, or --data iris.")
    rows = _rows(path)
    header = [name.strip() for name in rows[0]] if rows else []
    if target not in header:
        raise ValueError(
            f"{path} has no column {target!r}; its columns are {', '.join(header)}.{nearest(target, header)} "
            "Give one of them as --target."
        )
    if len(rows) < 6:
        raise FileContentError(f"{path} has {len(rows) - 1} rows below its header. At least 5 are needed.")
    column = header.index(target)
    features = [name for name in header if name != target]
    x = np.empty((len(rows) - 1, len(features)), dtype="float32")
    words = []
    for number, row in enumerate(rows[1:]):
        if len(row) != len(header):
            raise FileContentError(
                f"{path}, row {number + 1}: {len(row)} values, but the header names {len(header)} columns."
            )
        words.append(row.pop(column).strip())
        for j, cell in enumerate(row):
            x[number, j] = _number(cell, path, number + 1, features[j])
        if words[-1].lower() in ("", "nan", "na", "null", "none"):
            raise FileContentError(
                f"{path}, row {number + 1}: column {target!r}, the target, holds {words[-1]!r}, which is not a value."
                " Fill it or take out the row."
            )
    y, about = _labels(words, f"{path}: column {target!r}, the target,", max_classes)
    order = np.random.RandomState(seed).permutation(len(x))
    x, y = x[order], y[order]
    split = len(x) - max(3, round(len(x) * eval_fraction)) if len(x) > 5 else len(x) - 3
    description = (
        f"{path.name}: {split} rows to train with, {len(x) - split} to evaluate; {len(features)} features; "
        f"{target} is {about}"
    )
    return NoteData(x[:split], y[:split], x[split:], y[split:], x[split : split + 3], description)


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileContentError(f"{path} is not a table as UTF-8 text ({error}). Save it as CSV again.") from error


def _number(cell: str, path: Path, row: int, feature: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not abs(value) <= _LARGEST:
        raise FileContentError(
            f"{path}, row {row}: column {feature!r} holds {cell.strip()[:80]!r}, which is not a finite number. "
            "Replace it, or take the column out."
        )
    return value


def _labels(words: list[str], where: str, max_classes: int) -> tuple[np.ndarray, str]:
    """Return the labels and what they are, in words."""
    values: list[Any] = words
    for convert in (int, float):
        try:
            values = [convert(word) for word in words]
            break
        except ValueError:
            continue
    classes = sorted(set(values))
    if isinstance(values[0], float) or (isinstance(values[0], int) and len(classes) > MOST_CLASSES):
        if not all(abs(value) <= _LARGEST for value in values):
            raise FileContentError(
                f"{where} holds numbers that are not finite in float32. Replace them, or scale them."
            )
        return np.array(values, dtype="float32")[:, None], "a number"
    if len(classes) > max_classes:
        raise FileLimitError(
            f"{where} has {len(classes):,} different words, for {len(words):,} rows: labels would take as many numbers"
            f" for each row. At most `max_classes={max_classes}` are read. Choose another target, or merge rare words."
        )
    number = {value: i for i, value in enumerate(classes)}
    index = np.array([number[value] for value in values])
    about = f"one of {len(classes)} classes: {', '.join(f'{i} = {c}' for i, c in enumerate(classes[:10]))}"
    if len(classes) == 2:
        return index.astype("float32")[:, None], about
    labels = np.zeros((len(words), len(classes)), dtype="float32")
    labels[np.arange(len(words)), index] = 1.0
    return labels, about
