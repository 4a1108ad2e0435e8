"""Files of a folder and their labels: what is found, in which order, and which part of it is wanted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)


class FolderIndex:
    """Paths of files, their labels and the names of the classes.

    Args:
        paths: The files.
        labels: Class labels of the files, or None.
        class_names: Names of the classes, or None.
    """

    def __init__(self, paths: list[str], labels: list[int] | None, class_names: list[str] | None) -> None:
        self.paths = paths
        self.labels = labels
        self.class_names = class_names

    def __len__(self) -> int:
        return len(self.paths)

    def part(self, where: slice | Sequence[int]) -> FolderIndex:
        """Return the files at these places."""
        places = range(len(self))[where] if isinstance(where, slice) else where
        labels = None if self.labels is None else [self.labels[i] for i in places]
        return FolderIndex([self.paths[i] for i in places], labels, self.class_names)


def check_arguments(
    what: str,
    labels: Any,
    label_mode: Any,
    class_names: Any,
    validation_split: Any,
    subset: Any,
    shuffle: Any,
    seed: Any,
) -> None:
    """Check the arguments that all datasets from folders share.

    Args:
        what: What the files are, for messages: ``"image"``.

    Raises:
        ValueError: one of them is not what the functions say.
    """
    if labels not in ("inferred", None) if isinstance(labels, (str, type(None))) else not _are_class_labels(labels):
        raise ValueError(
            f"`labels` argument should be a list/tuple of integer labels, one for each {what} file in the directory; "
            f'"inferred" to take them from the names of the subfolders; or None. Received: labels={labels!r:.200}'
        )
    if label_mode not in LABEL_MODES:
        raise ValueError(
            '`label_mode` argument must be one of "int", "categorical", "binary", or None. '
            f"Received: label_mode={label_mode!r}"
        )
    if class_names is not None and labels != "inferred":
        raise ValueError(
            'You can only pass `class_names` if `labels="inferred"`: else the labels say what the classes are. '
            f"Received: labels={labels!r:.200}, class_names={class_names}"
        )
    if validation_split and not 0 < validation_split < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1, received: {validation_split}")
    if bool(validation_split) != (subset is not None):
        raise ValueError(
            "If `subset` is set, `validation_split` must be set, and inversely. "
            f"Received: validation_split={validation_split}, subset={subset!r}"
        )
    if subset not in SUBSETS:
        raise ValueError(f'`subset` must be either "training", "validation" or "both", received: {subset!r}')
    if validation_split and shuffle and seed is None:
        raise ValueError(
            "If using `validation_split` and shuffling the data, you must provide a `seed`, so that the training and "
            "the validation part do not overlap."
        )


def index_folder(
    directory: str | os.PathLike[str],
    suffixes: tuple[str, ...],
    labels: Any = "inferred",
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
) -> FolderIndex:
    """Return the files of a folder in alphanumeric order.

    Args:
        directory: The folder.
        suffixes: Suffixes of the files that count, in lower case.
        labels: ``"inferred"`` to make each subfolder a class; a label for each file; or None.
        class_names: The subfolders, in the order of their numbers; None for alphanumeric order.
        follow_links: Whether to look into folders that are links.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: no file is found; ``class_names`` are not the subfolders; labels are not as many as files.
    """
    directory = os.fspath(directory)
    if not os.path.isdir(directory):
        raise FileNotFoundError(f"There is no folder {directory!r}. Check the path of the data.")
    if labels != "inferred":
        paths = _files(directory, suffixes, follow_links)
        if labels is None:
            return FolderIndex(paths, None, None)
        if len(labels) != len(paths):
            raise ValueError(
                "Expected the lengths of `labels` to match the number of files in the target directory. "
                f"len(labels) is {len(labels)} while we found {len(paths)} files in directory {directory}."
            )
        numbers = [int(label) for label in labels]
        return FolderIndex(paths, numbers, [str(number) for number in sorted(set(numbers))])
    found = sorted(
        name
        for name in os.listdir(directory)
        if not name.startswith(".") and os.path.isdir(os.path.join(directory, name))
    )
    names = found if class_names is None else list(class_names)
    if sorted(names) != found:
        raise ValueError(
            "The `class_names` passed did not match the names of the subdirectories of the target directory. "
            f"Expected: {found} (in any order), received: {names}"
        )
    paths, numbers = [], []
    for number, name in enumerate(names):
        files = _files(os.path.join(directory, name), suffixes, follow_links)
        paths += files
        numbers += [number] * len(files)
    return FolderIndex(paths, numbers, names)


def shuffled_index(index: FolderIndex, seed: int) -> FolderIndex:
    """Return the files in the order in which Keras puts them for this seed."""
    order = list(range(len(index)))
    np.random.RandomState(seed).shuffle(order)
    return index.part(order)


def split_index(index: FolderIndex, validation_split: float | None, subset: str | None) -> list[FolderIndex]:
    """Return the part that is wanted, or the training part and the validation part: the last files.

    Raises:
        ValueError: a part is empty.
    """
    if not validation_split:
        return [index]
    validation = int(validation_split * len(index))
    boundary = len(index) - validation
    if validation == 0:
        raise ValueError(
            f"`validation_split={validation_split}` of {len(index)} files leaves none to validate on. Give a "
            "larger fraction."
        )
    parts = {"training": index.part(slice(boundary)), "validation": index.part(slice(boundary, None))}
    return list(parts.values()) if subset == "both" else [parts[str(subset)]]


def _files(folder: str, suffixes: tuple[str, ...], follow_links: bool) -> list[str]:
    return [
        os.path.join(root, name)
        for root, _, names in sorted(os.walk(folder, followlinks=follow_links))
        for name in sorted(names)
        if name.lower().endswith(suffixes)
    ]


def _are_class_labels(labels: Any) -> bool:
    if not isinstance(labels, (list, tuple)):
        return False
    return all(hasattr(label, "__index__") or (isinstance(label, float) and label.is_integer()) for label in labels)
