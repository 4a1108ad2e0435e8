"""Pictures that Hugging Face's libraries have downloaded: parquet files in the cache of the hub."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.datasets.held_out import Split
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.reading import reading

_MOST_PICTURES = 1_000_000
_MODES = {2: "L", 3: "RGB"}  # of Pillow, by number of axes


def from_hugging_face(
    repositories: Iterable[str], columns: tuple[str, str], shape: tuple[int, ...], classes: int
) -> tuple[Split, Split] | None:
    """Return training and test pictures of a dataset in the cache of the hub, or None if there is no copy.

    pyarrow and Pillow read such a copy; without them it counts as absent.

    Args:
        repositories: Names that the dataset has had, such as ``"ylecun/mnist"``.
        columns: Names of the columns with pictures and labels.
        shape: Shape of a picture.
        classes: Labels must be below this.

    Returns:
        Twice pictures ``(samples, *shape)``, uint8, and labels ``(samples,)``, int64.

    Raises:
        FileContentError: a file is broken, or holds something else.
        OSError: the system raised it.

    Example:
        >>> from_hugging_face(["nobody/nothing"], ("image", "label"), (28, 28), 10) is None
        True
    """
    if not all(importlib.util.find_spec(name) for name in ("pyarrow", "PIL")):
        return None
    for repository in repositories:
        snapshots = _hub() / f"datasets--{repository.replace('/', '--')}" / "snapshots"
        for snapshot in sorted(snapshots.glob("*")):
            parts = [sorted(snapshot.rglob(f"{part}-*.parquet")) for part in ("train", "test")]
            if all(parts):
                train, test = (_joined(paths, columns, shape, classes) for paths in parts)
                return train, test
    return None


def _hub() -> Path:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


def _joined(paths: list[Path], columns: tuple[str, str], shape: tuple[int, ...], classes: int) -> Split:
    pieces = [_read(path, columns, shape, classes) for path in paths]
    return np.concatenate([x for x, _ in pieces]), np.concatenate([y for _, y in pieces])


def _read(path: Path, columns: tuple[str, str], shape: tuple[int, ...], classes: int) -> Split:
    from pyarrow import parquet  # optional

    with reading(str(path)):
        file = parquet.ParquetFile(path)
        if file.metadata.num_rows > _MOST_PICTURES:
            raise FileLimitError(f"It has {file.metadata.num_rows:,} pictures, more than {_MOST_PICTURES:,}.")
        table = file.read(columns=list(columns)).to_pydict()
        if sorted(table) != sorted(columns):
            raise FileContentError(f"It has not the columns {columns[0]} and {columns[1]}.")
        pictures, labels = (table[column] for column in columns)
        if any(type(label) is not int or not 0 <= label < classes for label in labels):
            raise FileContentError(f"Its column {columns[1]} does not hold integers from 0 to {classes - 1}.")
        x = np.empty((len(pictures), *shape), dtype="uint8")
        for i, picture in enumerate(pictures):
            x[i] = _decoded(picture, shape)
        return x, np.array(labels, dtype="int64")


def _decoded(picture: Any, shape: tuple[int, ...]) -> Any:
    from PIL import Image  # optional

    content = picture.get("bytes") if isinstance(picture, dict) else None
    if not isinstance(content, bytes):
        raise FileContentError("It has a picture without bytes.")
    with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
        if opened.size != (shape[1], shape[0]) or opened.mode != _MODES[len(shape)]:
            raise FileContentError(f"It has a picture of size {opened.size} and mode {opened.mode}.")
        return np.asarray(opened)
