"""A ``tf.data.Dataset`` as training data, where a program has TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from torchkeras_compat.data.stream import Parts, StreamAdapter


def is_tensorflow_dataset(value: Any) -> bool:
    """Return whether ``value`` is a ``tf.data.Dataset``; TensorFlow is not imported for it."""
    data = getattr(sys.modules.get("tensorflow"), "data", None)
    return data is not None and isinstance(value, data.Dataset)


class TensorflowDatasetAdapter(StreamAdapter):
    """Batches of a ``tf.data.Dataset``, a new pass in each epoch; they come through NumPy.

    Args:
        dataset: Yields batches ``x``, ``(x, y)`` or ``(x, y, sample_weight)``.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; or the dataset is empty.
    """

    def __init__(self, dataset: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> None:
        super().__init__("a tf.data.Dataset", y, sample_weight, **options)
        count = int(dataset.cardinality())  # -1: endless, -2: unknown
        if count == 0:
            raise ValueError("The data is empty: the tf.data.Dataset has 0 batches. Pass one with at least one batch.")
        self.dataset = dataset
        self.num_batches = count if count > 0 else None

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over one pass of the dataset."""
        return self._to_device(self._parts(batch) for batch in self.dataset.as_numpy_iterator())
