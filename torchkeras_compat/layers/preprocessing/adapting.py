"""The data that `adapt` of a preprocessing layer gets, as batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


def batches_of(data: Any, steps: int | None = None) -> Iterator[Any]:
    """Yield the batches of the data: an array, list or pandas column is one; anything else is iterated.

    Args:
        data: Array, tensor, (nested) list of numbers or strings, pandas column; or a `DataLoader`, generator, dataset
            or list of arrays, of which batches that are tuples count by their first part.
        steps: How many batches of an iterable count; None for all.

    Raises:
        ValueError: ``steps`` is not a positive int, or there is no batch.

    Example:
        >>> [batch.tolist() for batch in batches_of([np.zeros(1), np.ones(2)])]
        [[0.0], [1.0, 1.0]]
    """
    if steps is not None and (isinstance(steps, bool) or not hasattr(steps, "__index__") or steps < 1):
        raise ValueError(f"`steps` must be a positive int, or None. Received: steps={steps!r}")
    if is_one_batch(data):
        yield data
        return
    if hasattr(data, "batches_for_training"):  # a dataset that shows a user other tensors than plain ones
        data = data.batches_for_training()
    batches = iter(data) if hasattr(data, "__iter__") else (data[i] for i in range(len(data)))
    number = 0
    for batch in itertools.islice(batches, steps):
        number += 1
        yield batch[0] if isinstance(batch, (tuple, list)) and not is_one_batch(batch) else batch
    if not number:
        raise ValueError("`adapt` received no data. Pass at least one sample.")


def is_one_batch(data: Any) -> bool:
    """Return whether data are one batch and not something that yields batches."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
        if isinstance(data, (np.ndarray, torch.Tensor)) and data.ndim:
            return False
    if isinstance(data, (str, bytes, int, float, np.generic, np.ndarray, torch.Tensor)):
        return True
    return type(data).__module__.partition(".")[0] == "pandas"
