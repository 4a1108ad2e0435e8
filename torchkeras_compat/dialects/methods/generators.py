"""``fit_generator``, ``evaluate_generator`` and ``predict_generator`` of Keras 1 and 2."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np


def fit_generator(
    self: Any, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, *more: Any, **arguments: Any
) -> Any:
    """Train on what a generator yields: ``fit`` by its name of Keras 1 and 2.

    Args:
        self: The model.
        generator: Of ``(x, y)`` or ``(x, y, sample_weight)``.
        steps_per_epoch: Batches in an epoch. Keras 1 counts samples there, and as ``samples_per_epoch``.
        epochs: Passes.
        *more: ``verbose``, ``callbacks``, ``validation_data``, ``validation_steps``: by place as then.
        **arguments: Those of ``fit``, and ``samples_per_epoch``, ``nb_epoch`` and ``nb_val_samples`` of Keras 1.
    """
    arguments.update(zip(_FIT_ORDER[_counts_samples(self)], more, strict=False))
    epochs = arguments.pop("nb_epoch", epochs)
    samples = arguments.pop("samples_per_epoch", steps_per_epoch if _counts_samples(self) else None)
    if samples is not None:
        generator, steps_per_epoch = _steps(generator, samples)
    samples = arguments.pop("nb_val_samples", None)
    if samples is not None and hasattr(arguments.get("validation_data"), "__next__"):
        arguments["validation_data"], arguments["validation_steps"] = _steps(arguments["validation_data"], samples)
    return self.fit(generator, steps_per_epoch=steps_per_epoch, epochs=epochs, **arguments)


# What stood behind the epochs, in Keras 1 and later.
_FIT_ORDER = {
    True: ("verbose", "callbacks", "validation_data", "nb_val_samples", "class_weight"),
    False: ("verbose", "callbacks", "validation_data", "validation_steps", "validation_freq", "class_weight"),
}


def evaluate_generator(self: Any, generator: Any, steps: int | None = None, *more: Any, **arguments: Any) -> Any:
    """Evaluate what a generator yields: ``evaluate`` by its name of Keras 2; ``val_samples`` is Keras 1's for steps."""
    generator, steps = _given_steps(self, generator, steps, arguments)
    arguments.update(zip(() if _counts_samples(self) else ("callbacks",), more, strict=False))
    return self.evaluate(generator, steps=steps, **{"verbose": 0, **arguments})


def predict_generator(self: Any, generator: Any, steps: int | None = None, *more: Any, **arguments: Any) -> Any:
    """Predict what a generator yields: ``predict`` by its name of Keras 2; ``val_samples`` is Keras 1's for steps."""
    generator, steps = _given_steps(self, generator, steps, arguments)
    arguments.update(zip(() if _counts_samples(self) else ("callbacks",), more, strict=False))
    return self.predict(generator, steps=steps, **{"verbose": 0, **arguments})


def predict_proba(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0, steps: int | None = None) -> Any:
    """Return ``predict(x)``: the probabilities of the classes."""
    return self.predict(x, batch_size=batch_size, verbose=verbose, steps=steps)


def predict_classes(
    self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0, steps: int | None = None
) -> np.ndarray:
    """Return the most likely class of each sample; of two classes with one output, whether it is above 0.5."""
    probabilities = self.predict(x, batch_size=batch_size, verbose=verbose, steps=steps)
    if probabilities.shape[-1] > 1:
        classes: np.ndarray = probabilities.argmax(axis=-1)
        return classes
    above: np.ndarray = (probabilities > 0.5).astype("int32")
    return above


def _counts_samples(model: Any) -> bool:
    return bool(model.__dict__.get("_dialect") == "keras1")


def _given_steps(model: Any, generator: Any, steps: int | None, arguments: dict[str, Any]) -> tuple[Any, int | None]:
    samples = arguments.pop("val_samples", steps if _counts_samples(model) else None)
    return (generator, steps) if samples is None else _steps(generator, samples)


def _steps(generator: Iterator[Any], samples: int) -> tuple[Iterator[Any], int]:
    """Return the generator from its start, and how many of its batches make up ``samples``."""
    if not hasattr(generator, "__next__"):
        return generator, math.ceil(samples / _samples_of(generator[0]))  # type: ignore[index]
    first = next(generator)
    return itertools.chain([first], generator), math.ceil(samples / _samples_of(first))


def _samples_of(batch: Any) -> int:
    x = batch[0] if isinstance(batch, (tuple, list)) else batch
    while isinstance(x, (tuple, list, dict)):
        x = next(iter(x.values())) if isinstance(x, dict) else x[0]
    return len(x)
