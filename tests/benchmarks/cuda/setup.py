"""How large a run is, and small models for its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Setup:
    """What the checks and the table run with.

    Attributes:
        keras: The namespace under test.
        dry: Whether the script itself is tried: no GPU is needed, sizes are tiny.
        epochs: Epochs of a check.
        steps: Full batches of an epoch.
        batch: Batch size of a check.
    """

    keras: Any
    dry: bool = False
    epochs: int = 3
    steps: int = 12
    batch: int = 16

    @property
    def rows(self) -> int:
        """Rows of a dataset: the last batch of an epoch is smaller than the others."""
        return self.steps * self.batch + self.batch // 2

    @contextmanager
    def policy(self, name: str) -> Iterator[None]:
        """Build what is built within in another dtype policy."""
        before = self.keras.config.dtype_policy()
        self.keras.config.set_dtype_policy(name)
        try:
            yield
        finally:
            self.keras.config.set_dtype_policy(before)


def mean_of_outputs(targets: Any, outputs: Any) -> Any:
    """A loss whose gradient is the same at every step."""
    return outputs.mean(-1)


def line(setup: Setup, optimizer: Any) -> Any:
    """Return a model ``w * x`` with w = 0; with `mean_of_outputs` on ones, a step of SGD takes its rate from w."""
    keras = setup.keras
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizer, mean_of_outputs)
    return model


def ones(rows: int) -> tuple[np.ndarray, np.ndarray]:
    return np.ones((rows, 1), "float32"), np.zeros((rows, 1), "float32")


def weight(model: Any) -> float:
    return float(model.get_weights()[0].item())


def _labels(rows: int, classes: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, classes, rows)


def _dense(keras: Any) -> Any:
    layers = keras.layers
    hidden = [layers.Dense(32, activation="relu"), layers.Dense(32, activation="tanh")]
    return keras.Sequential([keras.Input((8,)), *hidden, layers.Dense(3, activation="softmax")])


def _convolutional(keras: Any) -> Any:
    layers = keras.layers
    parts = [
        layers.Conv2D(8, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
    ]
    return keras.Sequential([keras.Input((8, 8, 3)), *parts, layers.Flatten(), layers.Dense(3, activation="softmax")])


def _recurrent(keras: Any) -> Any:
    layers = keras.layers
    parts = [layers.Embedding(50, 16), layers.LSTM(16, return_sequences=True), layers.GRU(8)]
    return keras.Sequential([keras.Input((6,)), *parts, layers.Dense(3, activation="softmax")])


def _attention(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((6,))
    x = layers.Embedding(50, 16)(inputs)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 8)(x, x))
    x = layers.GlobalAveragePooling1D()(layers.Dense(16, activation="gelu", kernel_regularizer="l2")(x))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


SMALL: dict[str, tuple[Callable[[Any], Any], Callable[[int], np.ndarray]]] = {
    "dense": (_dense, lambda rows: np.random.default_rng(0).standard_normal((rows, 8), dtype="float32")),
    "convolution and batch normalization": (
        _convolutional,
        lambda rows: np.random.default_rng(0).standard_normal((rows, 8, 8, 3), dtype="float32"),
    ),
    "LSTM and GRU": (_recurrent, lambda rows: np.random.default_rng(0).integers(0, 50, (rows, 6))),
    "attention, L2": (_attention, lambda rows: np.random.default_rng(0).integers(0, 50, (rows, 6))),
}


def small_model(setup: Setup, name: str, optimizer: Any = "adam", **options: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return one of `SMALL`, compiled, always with the same weights, and its data."""
    build, make = SMALL[name]
    setup.keras.utils.set_random_seed(7)
    model = build(setup.keras)
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"], **options)
    return model, make(setup.rows), _labels(setup.rows, 3)
