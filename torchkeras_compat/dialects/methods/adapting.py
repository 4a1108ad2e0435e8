"""``adapt`` of preprocessing layers as tf.keras had it: with sizes of batches, and a number of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from torchkeras_compat.layers.preprocessing.normalization import Normalization


def adapt(
    core: Callable[..., None], self: Any, data: Any, batch_size: int | None = None, steps: int | None = None
) -> None:
    """Learn from data.

    Args:
        core: The method of the core.
        self: The layer.
        data: Arrays, a dataset, ...
        batch_size: Without effect: what a layer learns does not depend on it.
        steps: How many batches of a dataset count.
    """
    if isinstance(self, Normalization):
        core(self, data if steps is None else itertools.islice(iter(data), steps))
    else:
        core(self, data, steps=steps)
