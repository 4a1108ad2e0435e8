"""Small files in the formats of the datasets, written from the descriptions of the formats."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np


def python_2_pickle(value: Any) -> bytes:
    """Protocol 2 as Python 2 wrote it: strings are bytes, arrays of bytes are made by NumPy's `_reconstruct`."""
    return b"\x80\x02" + _written(value) + b"."


def _written(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode("latin-1")
        return b"U" + bytes([len(text)]) + text
    if isinstance(value, bytes):
        return b"T" + struct.pack("<i", len(value)) + value
    if isinstance(value, int):
        return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)
    if isinstance(value, list):
        return b"](" + b"".join(map(_written, value)) + b"e"
    if isinstance(value, dict):
        return b"}(" + b"".join(_written(part) for item in value.items() for part in item) + b"u"
    assert isinstance(value, np.ndarray) and value.dtype == np.uint8
    made = b"cnumpy.core.multiarray\n_reconstruct\n" + b"cnumpy\nndarray\n" + b"K\x00\x85" + b"U\x01b" + b"\x87R"
    dtype = b"cnumpy\ndtype\n" + b"U\x02u1K\x00K\x01\x87R" + b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    shape = b"(" + b"".join(map(_written, value.shape)) + b"t"
    return made + b"(K\x01" + shape + dtype + b"\x89" + _written(value.tobytes()) + b"tb"


def pictures(count: int, seed: int, shape: tuple[int, ...] = (28, 28)) -> np.ndarray[Any, Any]:
    """Random bytes ``(count, *shape)``."""
    return np.random.RandomState(seed).randint(0, 256, (count, *shape)).astype("uint8")


def write_cifar10(folder: Path, count: int = 4) -> None:
    """The folder ``cifar-10-batches-py``: five batches of ``count`` pictures, and one more to test."""
    folder.mkdir(parents=True)
    for number in range(1, 7):
        name = f"data_batch_{number}" if number < 6 else "test_batch"
        labels = [(number + i) % 10 for i in range(count)]
        content = {"batch_label": name, "labels": labels, "data": pictures(count, number, (3072,))}
        (folder / name).write_bytes(python_2_pickle(content | {"filenames": ["a.png"] * count}))


def write_cifar100(folder: Path, count: int = 4) -> None:
    """The folder ``cifar-100-python``: ``train`` and ``test``."""
    folder.mkdir(parents=True)
    for seed, name in enumerate(("train", "test")):
        labels = {"fine_labels": [90 + i for i in range(count)], "coarse_labels": [i + seed for i in range(count)]}
        (folder / name).write_bytes(python_2_pickle({"data": pictures(count, seed, (3072,))} | labels))


def write_idx(folder: Path, count: int = 5, *, zipped: bool = False) -> None:
    """The four files of MNIST and Fashion-MNIST."""
    folder.mkdir(parents=True)
    for seed, part in enumerate(("train", "t10k")):
        images, labels = pictures(count, seed), np.arange(count, dtype="uint8") % 10
        for name, values in (("images-idx3", images), ("labels-idx1", labels)):
            content = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()
            path = folder / f"{part}-{name}-ubyte"
            if zipped:
                path.with_suffix(".gz").write_bytes(gzip.compress(content))
            else:
                path.write_bytes(content)


def lists(count: int, seed: int, words: int = 50) -> np.ndarray[Any, Any]:
    """An array of lists of words, of one to twenty."""
    random = np.random.RandomState(seed)
    made = np.empty(count, dtype=object)
    for i in range(count):
        made[i] = random.randint(1, words, random.randint(1, 21)).tolist()
    return made


def write_imdb(path: Path, count: int = 30) -> None:
    """``imdb.npz``."""
    labels = np.arange(count) % 2
    np.savez(path, x_train=lists(count, 0), y_train=labels, x_test=lists(count // 2, 1), y_test=labels[: count // 2])


def write_reuters(path: Path, count: int = 30) -> None:
    """``reuters.npz``."""
    np.savez(path, x=lists(count, 2), y=np.arange(count) % 46)


def write_words(path: Path) -> None:
    """A file of words and their indices."""
    path.write_text(json.dumps({"the": 1, "and": 2, "caf\u00e9": 3}))
