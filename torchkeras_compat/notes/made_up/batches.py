"""Batches for names such as ``train_ds`` and ``train_generator``."""

from __future__ import annotations

import contextlib
import math
import sys
from typing import Any

import numpy as np

from torchkeras_compat.data.py_dataset import PyDataset

BATCH = 32
_MANY = 1_000_000


class MadeUpBatches(PyDataset):
    """Batches of arrays, with the attributes of the iterators of ``ImageDataGenerator``.

    Args:
        x: Inputs.
        y: Targets.
        labels: Targets as integer labels.
        repeats: Whether the batches begin again at the end, as generators of Keras 2 do.
    """

    def __init__(self, x: Any, y: Any, labels: np.ndarray, *, repeats: bool = False) -> None:
        super().__init__()
        self.repeats = repeats
        self.x, self.y = x, y
        self.n = self.samples = len(labels)
        self.batch_size = BATCH
        self.classes = labels
        is_labels = labels.ndim == 1 and labels.dtype.kind in "iu"
        self.num_classes = int(labels.max()) + 1 if is_labels else 0
        self.class_indices = {f"class_{i}": i for i in range(self.num_classes)}
        self.class_names = list(self.class_indices)
        self.image_shape = getattr(x, "shape", (0,))[1:]

    def __len__(self) -> int:
        return _MANY if self.repeats else math.ceil(self.n / self.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        index %= math.ceil(self.n / self.batch_size)
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return _rows(self.x, rows), _rows(self.y, rows)

    def __next__(self) -> tuple[Any, Any]:
        return self[0]

    def reset(self) -> None:
        """Nothing to go back to: batches are found by number."""


def _rows(arrays: Any, rows: slice) -> Any:
    return tuple(a[rows] for a in arrays) if isinstance(arrays, (list, tuple)) else arrays[rows]


def batches(name: str, x: Any, y: Any, labels: np.ndarray, *, repeats: bool = False) -> Any:
    """Return a source of batches: a ``tf.data.Dataset`` for names of datasets, if there is one, else a `PyDataset`."""
    with contextlib.suppress(Exception):
        # A note that speaks of datasets has imported TensorFlow.
        if "gen" not in name.lower() and "flow" not in name.lower():
            dataset = sys.modules["tensorflow"].data.Dataset
            pair = tuple(tuple(a) if isinstance(a, list) else a for a in (x, y))
            made = dataset.from_tensor_slices(pair).batch(BATCH)
            made = made.repeat() if repeats else made
            made.class_names = MadeUpBatches(x, y, labels).class_names
            return made
    return MadeUpBatches(x, y, labels, repeats=repeats)
