"""Summaries of data that `Discretization` of tf.keras kept as a weight: its boundaries are made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.own_code import is_own
from torchkeras_compat.saving.old_arrays.file_layers import FileLayers
from torchkeras_compat.saving.stores import read_array

Taken = list[tuple[Any, np.ndarray]]


def take_summaries(model: Any, stored: FileLayers, path: str) -> Taken:
    """Take the summaries out of what a file holds, and return each with its layer.

    Args:
        model: Model, whose layers have the names of the file.
        stored: Layers of the file; those with a summary are gone from it afterwards.
        path: File, for messages.

    Raises:
        FileContentError: what is there is no summary.
    """
    found: Taken = []
    for layer in model.layers:
        names = stored.names.get(layer.name, [])
        if len(names) != 1 or names[0].rpartition("/")[2] != "summary:0" or not _is_discretization(layer):
            continue
        dataset = stored.arrays(layer.name)[0].dataset
        fits = len(dataset.shape) == 2 and dataset.shape[0] == 2 and dataset.dtype.kind == "f" and bool(layer.num_bins)
        values = read_array(dataset).astype(np.float32) if fits else np.zeros((2, 0), np.float32)
        if not fits or not np.isfinite(values).all() or (values.size and not values[1].sum()):
            raise FileContentError(
                f"The layer '{layer.name}' in {path!r} has no summary of data: an array (2, n) of finite numbers,"
                f" values above weights. Received shape {tuple(dataset.shape)}, dtype {dataset.dtype}."
            )
        del stored.names[layer.name]
        found.append((layer, values))
    return found


def give_summaries(taken: Taken) -> None:
    """Set the summaries of layers, and choose their boundaries by them; an empty one is of a layer without data.

    Args:
        taken: Of :func:`take_summaries`.
    """
    for layer, values in taken:
        layer.summary = values
        if values.size:
            layer.finalize_state()


def _is_discretization(layer: Any) -> bool:
    return any(c.__name__ == "Discretization" and is_own(c) for c in type(layer).__mro__)
