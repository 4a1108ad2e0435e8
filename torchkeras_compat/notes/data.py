"""The data that notes leave out, from the bundled iris flowers or a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets import iris
from torchkeras_compat.errors import FileContentError, FileLimitError, nearest
from torchkeras_compat.notes.made_up.needs import Needs
from torchkeras_compat.notes.made_up.samples import Samples
from torchkeras_compat.notes.table import EMPTY, column_as_numbers, is_number, read_rows

_LARGEST = float(np.finfo("float32").max)
MOST_CLASSES = 50  # integers with more distinct values than this are numbers to predict, not classes
_NEW_IRIS = ((5.0, 3.4, 1.5, 0.2), (6.8, 3.0, 5.8, 2.2), (5.9, 2.8, 4.1, 1.2))


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
        classes: Number of classes; 0 for numbers to predict.
    """

    data: np.ndarray
    labels: np.ndarray
    eval_data: np.ndarray
    eval_labels: np.ndarray
    new_data: np.ndarray
    description: str
    classes: int = 0

    def names(self) -> dict[str, np.ndarray]:
        """Return the arrays by the names that notes use."""
        keys = ("data", "labels", "eval_data", "eval_labels", "new_data")
        return {key: getattr(self, key) for key in keys}

    def parts(self, needs: Needs | None) -> dict[str, Samples]:
        """Return the parts of the data, with labels as a model takes them.

        Args:
            needs: What the model needs; None for labels as they are.

        Example:
            >>> from torchkeras_compat.notes.made_up.needs import Input, Target
            >>> needs = Needs("m", (Input("x", (4,)),), (Target("y", (3,), "integers"),))
            >>> iris_data().parts(needs)["train"].targets[0].shape
            (132,)
        """
        held_out = (self.eval_data, self.eval_labels)
        pairs = {"train": (self.data, self.labels), "val": held_out, "test": held_out}
        parts = {part: self._samples(x, y, needs) for part, (x, y) in pairs.items()}
        return {**parts, "new": self._samples(self.new_data, self.eval_labels[: len(self.new_data)], needs)}

    def _samples(self, x: np.ndarray, labels: np.ndarray, needs: Needs | None) -> Samples:
        if not self.classes:
            return Samples([x], [labels], [labels])
        integers = (labels.argmax(-1) if labels.shape[-1] > 1 else labels[:, 0]).astype("int64")
        kind = needs.targets[0].kind if needs is not None and needs.targets else None
        taken = labels
        if kind == "integers":
            taken = integers
        elif kind == "one_hot" and needs is not None and needs.targets[0].classes >= self.classes:
            taken = np.eye(needs.targets[0].classes, dtype="float32")[integers]
        return Samples([x], [taken], [integers])


def iris_data() -> NoteData:
    """Return the bundled iris flowers; ``new_data`` are flowers near the middle of species 0, 2 and 1."""
    (data, labels), (eval_data, eval_labels) = iris.load_data(test_split=0.12)
    classes = len(iris.CLASSES)
    one_hot = np.eye(classes, dtype="float32")
    about = f"iris: {len(data)} flowers to train with, {len(eval_data)} to evaluate; 4 features, classes 0, 1, 2"
    new = np.array(_NEW_IRIS, dtype="float32")
    description = f"{about} = {iris.CLASSES}"
    return NoteData(data, one_hot[labels], eval_data, one_hot[eval_labels], new, description, classes)


def csv_data(
    path: str | Path,
    target: str,
    eval_fraction: float = 0.2,
    seed: int = 113,
    max_classes: int = 1000,
    *,
    regression: bool = False,
) -> NoteData:
    """Return the rows of a table, shuffled, with one column as the target.

    Args:
        path: The file: columns of numbers and of words, separated by commas, semicolons, tabs, bars or blanks. Words
            become a column for each of them; empty cells have the median.
        target: Name of the column to predict, or its number where the file has no header. Words and integers are
            classes, in sorted order; other numbers are predicted as they are. Rows without it are left out.
        eval_fraction: Fraction of the rows held out, in (0, 1); ``new_data`` are the first three of them.
        seed: Of the shuffling.
        max_classes: Largest number of different words in the target; labels take as many numbers for each row.
        regression: Whether integers of the target are numbers to predict, however few they are.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there is no such column; ``regression`` is asked for words.
        FileContentError: the file is not a table as text; a cell of numbers holds a word, or a number that is not
            finite in float32; there are fewer than five rows.
        FileLimitError: the target has more than ``max_classes`` words.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Give the path of a CSV file, or --data iris.")
    header, rows = read_rows(path)
    if target not in header:
        raise ValueError(
            f"{path} has no column {target!r}; its columns are {', '.join(header)}.{nearest(target, header)} "
            "Give one of them as --target."
        )
    column = header.index(target)
    whole = [row for row in rows if row[column].lower() not in EMPTY]
    if len(whole) < 5:
        raise FileContentError(f"{path} has {len(whole)} rows below its header. At least 5 are needed.")
    remarks = [f"{len(rows) - len(whole)} rows without {target} are left out"] if len(whole) < len(rows) else []
    columns = []
    for number, name in enumerate(header):
        if number != column:
            values, _, remark = column_as_numbers([row[number] for row in whole], str(path), name)
            columns.append(values)
            remarks.extend([remark] if remark else [])
    if not sum(values.shape[1] for values in columns):
        raise FileContentError(f"{path} has no column to predict {target!r} from. {'; '.join(remarks)}".rstrip())
    x = np.concatenate(columns, axis=1)
    where = f"{path}: column {target!r}, the target,"
    y, classes, about = _labels([row[column] for row in whole], where, max_classes, regression=regression)
    order = np.random.RandomState(seed).permutation(len(x))
    x, y = x[order], y[order]
    split = len(x) - max(3, round(len(x) * eval_fraction)) if len(x) > 5 else len(x) - 3
    description = "; ".join(
        [
            f"{path.name}: {split} rows to train with, {len(x) - split} to evaluate",
            f"{x.shape[1]} features",
            f"{target} is {about}",
            *remarks,
        ]
    )
    return NoteData(x[:split], y[:split], x[split:], y[split:], x[split : split + 3], description, classes)


def _labels(words: list[str], where: str, max_classes: int, *, regression: bool) -> tuple[np.ndarray, int, str]:
    """Return the labels, the number of classes, and what they are, in words."""
    values: list[Any] = words
    if all(is_number(word) for word in words):
        numbers = [float(word.replace(",", ".", 1)) for word in words]
        is_whole = all(abs(n) <= 2**53 and n == int(n) for n in numbers)
        values = [int(n) for n in numbers] if is_whole and not regression and "." not in "".join(words) else numbers
    elif regression:
        word = next(word for word in words if not is_number(word))
        raise ValueError(f"{where} holds {word[:80]!r}, which is not a number. --regression is for numbers.")
    classes = sorted(set(values))
    if isinstance(values[0], float) or (isinstance(values[0], int) and len(classes) > MOST_CLASSES):
        if not all(abs(value) <= _LARGEST for value in values):
            raise FileContentError(
                f"{where} holds numbers that are not finite in float32. Replace them, or scale them."
            )
        return np.array(values, dtype="float32")[:, None], 0, "a number"
    if len(classes) > max_classes:
        raise FileLimitError(
            f"{where} has {len(classes):,} different words, for {len(words):,} rows: labels would take as many numbers"
            f" for each row. At most `max_classes={max_classes}` are read. Choose another target, or merge rare words."
        )
    number = {value: i for i, value in enumerate(classes)}
    index = np.array([number[value] for value in values])
    about = f"one of {len(classes)} classes: {', '.join(f'{i} = {c}' for i, c in enumerate(classes[:10]))}"
    if len(classes) == 2:
        return index.astype("float32")[:, None], 2, about
    return np.eye(len(classes), dtype="float32")[index], len(classes), about
