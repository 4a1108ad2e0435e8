"""Texts in folders as a dataset."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import Any

from torchkeras_compat.utils.folder_dataset import check_format, dataset_from_folder


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Return the ``.txt`` files of a folder, one subfolder a class, as a dataset of batches of strings.

    Args:
        directory: The folder, with texts in UTF-8.
        labels: ``"inferred"`` from the subfolders; a list with an int for each file, in alphanumeric order of the
            paths; or None for texts alone.
        label_mode: ``"int"`` for int32 labels of shape ``(batch,)``, ``"binary"`` for float32 of ``(batch, 1)``,
            ``"categorical"`` for one-hot float32 of ``(batch, classes)``, None for texts alone.
        class_names: The subfolders in the order of their numbers; None for alphanumeric order.
        batch_size: Texts a batch; None for single strings.
        max_length: Characters that a text is cut to; None for whole texts.
        shuffle: Whether each pass has a new order. Else it is alphanumeric.
        seed: Repeats the orders and the split; None for one drawn from NumPy's random numbers.
        validation_split: Fraction of the files, the last ones after shuffling, that is for validation.
        subset: ``"training"``, ``"validation"``, or ``"both"`` for a tuple of the two.
        follow_links: Whether to look into folders that are links.
        format: ``"tf"`` or ``"grain"``; the dataset is the same, and needs neither library.
        verbose: Whether to print how many files and classes were found.

    Returns:
        A :class:`~torchkeras_compat.data.pipeline.Pipeline` with ``class_names`` and ``file_paths``. A batch of texts
        is an array of strings, of shape ``(batch,)``.

    Raises:
        ValueError: an argument is not as above; no file is found, or more or fewer than labels; while reading, a file
            that is not in UTF-8.
        FileNotFoundError: there is no such folder.

    Example:
        >>> import pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> for name in ("bad", "good"):
        ...     (folder / name).mkdir()
        ...     _ = (folder / name / "1.txt").write_text(f"a {name} text")
        >>> data = text_dataset_from_directory(folder, shuffle=False, verbose=False)
        >>> [(texts.tolist(), labels.tolist()) for texts, labels in data]
        [(['a bad text', 'a good text'], [0, 1])]

    Source: Keras API, utils/text_dataset_from_directory.
    """
    check_format(format)
    if max_length is not None and (not hasattr(max_length, "__index__") or max_length < 1):
        raise ValueError(f"`max_length` must be a positive int, or None for whole texts. Received: {max_length!r}")
    return dataset_from_folder(
        directory,
        functools.partial(read_text, max_length=max_length),
        what="text",
        suffixes=(".txt",),
        labels=labels,
        label_mode=label_mode,
        class_names=class_names,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        validation_split=validation_split,
        subset=subset,
        follow_links=follow_links,
        verbose=verbose,
    )


def read_text(path: str, max_length: int | None) -> str:
    """Return the text in a file.

    Raises:
        ValueError: it is not in UTF-8.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read(-1 if max_length is None else max_length)
    except UnicodeDecodeError as error:
        raise ValueError(f"The file {path} is not in UTF-8: {error}. Convert or remove it.") from error
