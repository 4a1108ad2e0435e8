"""From the files of a folder to a pipeline: what images, texts and audio have in common."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.data import stages
from torchkeras_compat.data.elements import stack
from torchkeras_compat.data.pipeline import Passes, Pipeline, pass_seed
from torchkeras_compat.utils.folder_index import (
    FolderIndex,
    check_arguments,
    index_folder,
    shuffled_index,
    split_index,
)


def dataset_from_folder(
    directory: str | os.PathLike[str],
    read: Callable[[str], Any],
    *,
    what: str,
    suffixes: tuple[str, ...],
    labels: Any,
    label_mode: str | None,
    class_names: Sequence[str] | None,
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None,
    subset: str | None,
    follow_links: bool,
    verbose: bool,
    collate: Callable[[list[Any]], Any] = stack,
) -> Any:
    """Return a pipeline that reads the files of a folder, or two of them for ``subset="both"``.

    Args:
        directory: The folder.
        read: Returns what one file holds, as a tensor or string; called in threads.
        what: What the files are, for messages: ``"image"``.
        suffixes: Suffixes of the files that count.
        labels: As the public functions take it, and so are the other arguments.
        collate: Makes a batch of samples.

    Raises:
        ValueError: an argument is not what the public functions say, or no file is found.
        FileNotFoundError: there is no such folder.
    """
    check_arguments(what, labels, label_mode, class_names, validation_split, subset, shuffle, seed)
    if batch_size is not None and (isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1):
        raise ValueError(f"`batch_size` must be a positive int, or None for single samples. Received: {batch_size!r}")
    if labels is None or label_mode is None:
        labels, label_mode, class_names = None, None, None
    index = index_folder(directory, suffixes, labels, class_names, follow_links)
    if not len(index):
        plural = "images" if what == "image" else f"{what} files"
        raise ValueError(f"No {plural} found in directory {os.fspath(directory)}. Allowed format(s): {suffixes}")
    encode = label_encoder(index.class_names, index.labels, label_mode)
    if verbose:
        classes = "" if index.class_names is None else f" belonging to {len(index.class_names)} classes"
        _say(f"Found {len(index)} files{classes}.")
    if shuffle:
        seed = int(np.random.randint(1_000_000)) if seed is None else seed
        index = shuffled_index(index, seed)
    parts = split_index(index, validation_split, subset)
    if verbose and validation_split:
        names = ("training", "validation") if subset == "both" else (subset,)
        for name, part in zip(names, parts):
            _say(f"Using {len(part)} files for {name}.")
    datasets = [_pipeline(part, read, encode, batch_size, seed if shuffle else None, collate) for part in parts]
    return tuple(datasets) if subset == "both" else datasets[0]


def label_encoder(
    class_names: list[str] | None, labels: list[int] | None, label_mode: str | None
) -> Callable[[int], torch.Tensor] | None:
    """Return the function from a class label to a label: an int32 number, one float32 number, or a one-hot vector.

    Raises:
        ValueError: not two classes in mode ``"binary"``, or class labels without a place in a vector.
    """
    if label_mode is None or class_names is None or labels is None:
        return None
    classes = len(class_names)
    if label_mode == "binary" and classes != 2:
        raise ValueError(
            f'When passing `label_mode="binary"`, there must be exactly 2 class_names. Received: {class_names}'
        )
    if label_mode != "int" and not 0 <= min(labels) <= max(labels) < classes:
        raise ValueError(
            f"`label_mode={label_mode!r}` needs class labels in [0, {classes}). Received numbers from {min(labels)} "
            f'to {max(labels)}. Number the classes from 0, or use `label_mode="int"`.'
        )
    if label_mode == "int":
        return lambda number: torch.tensor(number, dtype=torch.int32, device="cpu")
    if label_mode == "binary":
        return lambda number: torch.tensor([number], dtype=torch.float32, device="cpu")
    table = torch.eye(classes, dtype=torch.float32, device="cpu")
    return lambda number: table[number]


def check_format(format: str) -> None:
    """Check that ``format`` is one that Keras has; the dataset is the same for both.

    Raises:
        ValueError: it is another.
    """
    if format not in ("tf", "grain"):
        raise ValueError(f'`format` should be either "tf" or "grain"; the dataset is the same. Received: {format!r}')


def _pipeline(
    index: FolderIndex,
    read: Callable[[str], Any],
    encode: Callable[[int], torch.Tensor] | None,
    batch_size: int | None,
    seed: int | None,
    collate: Callable[[list[Any]], Any],
) -> Pipeline:
    passes = Passes()

    def load(place: int) -> Any:
        content = read(index.paths[place])
        return content if encode is None or index.labels is None else (content, encode(index.labels[place]))

    def start() -> Iterator[Any]:
        order = range(len(index))
        if seed is not None:
            order = np.random.default_rng(pass_seed(seed, passes.next())).permutation(len(index)).tolist()
        samples = stages.mapped(load, order, stages.worker_count(), ahead=2 * (batch_size or 1))
        return samples if batch_size is None else stages.batched(samples, batch_size, collate=collate)

    length = len(index) if batch_size is None else -(-len(index) // batch_size)
    return Pipeline(
        start,
        length,
        class_names=index.class_names,
        file_paths=index.paths,
        is_batched=batch_size is not None,
        passes=[passes],
    )


def _say(text: str) -> None:
    if config.is_interactive_logging_enabled():
        print(text, flush=True)
