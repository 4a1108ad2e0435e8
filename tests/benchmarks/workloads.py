"""What is trained: titles, batches and made-up data, for every engine the same. Needs NumPy alone.

The models are in `keras_models.py` as Keras code, and in `plain_models.py` as torch modules, under the same keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A model to train, and on what.

    Attributes:
        key: Name of the model in the tables of models; of ``"layers-50"`` the model ``"layers"`` with the argument 50.
        title: What the tables call it.
        make: Returns inputs and targets for a number of rows, in Keras's layout; several in a list.
        batch: Batch size.
        steps: Steps of one round.
        rows: Size of the dataset; None for as many rows as the steps take.
    """

    key: str
    title: str
    make: Callable[[int], tuple[Any, Any]]
    batch: int
    steps: int
    rows: int | None = None

    def data(self) -> tuple[Any, Any]:
        """Inputs and targets of a round."""
        return self.make(self.rows or self.steps * self.batch)

    @property
    def steps_per_epoch(self) -> int | None:
        """What ``fit`` is given: None where a round is the whole dataset."""
        return None if self.rows is None else self.steps


def floats(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, dtype="float32")


def labels(rows: int, classes: int) -> np.ndarray:
    return np.random.RandomState(1).randint(0, classes, size=rows)


def tokens(rows: int, steps: int, high: int) -> np.ndarray:
    return np.random.RandomState(2).randint(1, high, size=(rows, steps))


def _one_hot(rows: int, classes: int) -> np.ndarray:
    return np.eye(classes, dtype="float32")[labels(rows, classes)]


def _several(rows: int, count: int) -> tuple[Any, Any]:
    return [floats(rows, 8) for _ in range(count)], [floats(rows, 1) for _ in range(count)]


def _images(rows: int, size: int, channels: int, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    return floats(rows, size, size, channels), labels(rows, classes)


SEVEN = (
    Workload(
        "notes",
        "network of the notes, 4-200-200-3, batch 20",
        lambda n: (floats(n, 4), _one_hot(n, 3)),
        20,
        150,
    ),
    Workload("mlp", "MLP, 784-512-512-10, dropout, batch 128", lambda n: (floats(n, 784), labels(n, 10)), 128, 20),
    Workload("convnet", "MNIST convnet, batch 128", lambda n: _images(n, 28, 1), 128, 8),
    Workload(
        "lstm",
        "embedding and LSTM, sequence 80, batch 32",
        lambda n: (tokens(n, 80, 20000), labels(n, 2).astype("float32")[:, None]),
        32,
        12,
    ),
    Workload(
        "stacked-lstm",
        "two stacked LSTMs with L2, sequence 50, batch 32",
        lambda n: (floats(n, 50, 8), floats(n, 1)),
        32,
        20,
    ),
    Workload(
        "transformer",
        "transformer block, sequence 200, batch 32",
        lambda n: (tokens(n, 200, 20000), labels(n, 2)),
        32,
        10,
    ),
    Workload("resnet20", "ResNet20, 32x32 images, batch 64", lambda n: _images(n, 32, 3), 64, 6),
)
# The same work, with layers, a model and a loss of the user's own.
OWN = (
    replace(SEVEN[0], key="own-notes", title="network of the notes as a subclass of `Model`, batch 20"),
    replace(SEVEN[5], key="own-transformer", title="transformer of layers of one's own, sequence 200, batch 32"),
)
APPLICATIONS = (
    Workload("MobileNetV2", "MobileNetV2, 64x64 images, batch 8", lambda n: _images(n, 64, 3), 8, 3),
    Workload("ResNet50", "ResNet50, 64x64 images, batch 8", lambda n: _images(n, 64, 3), 8, 3),
)
PREDICTED = (
    Workload("mlp", "MLP, 50,000 samples, batch 256", lambda n: (floats(n, 784), None), 256, 196, 50_000),
    Workload("wide", "64-1024, 65,536 samples, batch 256", lambda n: (floats(n, 64), None), 256, 256, 65_536),
    Workload("MobileNetV2", "MobileNetV2, 64x64 images, 64 samples, batch 8", lambda n: _images(n, 64, 3), 8, 8),
)
# How a step grows: one thing gets larger, the rest stays.
GROWING = {
    "dense layers": tuple(
        Workload(f"layers-{n}", f"{n}", lambda rows: (floats(rows, 32), floats(rows, 1)), 32, 20)
        for n in (2, 10, 50, 100, 200)
    ),
    "inputs and outputs": tuple(
        Workload(f"inputs-{n}", f"{n}", lambda rows, n=n: _several(rows, n), 32, 40) for n in (1, 2, 4, 8, 16)
    ),
    "samples of the dataset, 100 steps": tuple(
        Workload("notes", f"{n:,}", lambda rows: (floats(rows, 4), _one_hot(rows, 3)), 20, 100, n)
        for n in (2_000, 20_000, 200_000, 2_000_000)
    ),
}


def shortened(workload: Workload, steps: int | None = None, rows: int | None = None) -> Workload:
    """The same model with at most that many steps a round, and at most that many rows."""
    fewer = workload.steps if steps is None else min(steps, workload.steps)
    limited = workload.rows if workload.rows is None or rows is None else max(min(rows, workload.rows), workload.batch)
    return replace(workload, steps=fewer, rows=limited)


ALL = {
    f"{group}:{workload.title}": workload
    for group, members in (
        ("seven", SEVEN),
        ("own", OWN),
        ("applications", APPLICATIONS),
        ("predicted", PREDICTED),
        *GROWING.items(),
    )
    for workload in members
}
