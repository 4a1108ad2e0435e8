"""Datasets of Hugging Face's ``datasets`` as training data."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.data import stages
from torchkeras_compat.data.batching import DEFAULT_BATCH_SIZE, count_batches
from torchkeras_compat.data.elements import stack
from torchkeras_compat.data.stream import Parts, StreamAdapter
from torchkeras_compat.layers.preprocessing.texts import StringArray, texts_in

TARGETS = ("label", "labels")
WEIGHTS = "sample_weight"
_KEPT_FORMATS = ("torch", "numpy", "custom")  # what gives arrays already, and what the user's own code makes


def is_hugging_face(value: Any) -> bool:
    """Return whether ``value`` is a dataset of ``datasets``, or a dictionary of splits; nothing is imported for it."""
    library = sys.modules.get("datasets")
    names = ("Dataset", "IterableDataset", "DatasetDict", "IterableDatasetDict")
    kinds = tuple(kind for name in names if isinstance(kind := getattr(library, name, None), type))
    return isinstance(value, kinds)


class HuggingFaceAdapter(StreamAdapter):
    """Batches of a Hugging Face dataset, whose rows are read from its file when their batch is asked for.

    The column ``label`` or ``labels`` is the target, ``sample_weight`` the weight. The others are the input: an array
    if it is one column, else a dictionary by name, as models with named inputs take it.

    Args:
        dataset: A ``datasets.Dataset`` or ``datasets.IterableDataset``. Its format and its transform are kept if they
            are ``"torch"``, ``"numpy"`` or the user's own; else its columns come as NumPy arrays.
        batch_size: Rows a batch; None for 32.
        shuffle: Whether rows come in a new order in each epoch (``torch.randperm``); a stream keeps its own.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; a dictionary of splits; no rows, no input column; while reading, targets
            that are strings, or rows with different lengths.
    """

    def __init__(
        self,
        dataset: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        **options: Any,
    ) -> None:
        super().__init__("a Hugging Face Dataset", y, sample_weight, shuffle=shuffle, **options)
        if isinstance(dataset, dict):
            raise ValueError(
                f"Received a {type(dataset).__name__} with the splits {sorted(dataset)}. Pass one of them, such as "
                f"`data[{next(iter(dataset), 'train')!r}]`."
            )
        self.batch_size: int = batch_size or DEFAULT_BATCH_SIZE
        self.shuffle = bool(shuffle)
        self.dataset = _as_arrays(dataset)
        self.samples: int | None = len(dataset) if hasattr(dataset, "__len__") else None
        columns = list(getattr(dataset, "column_names", None) or [])
        if columns and not set(columns) - {*TARGETS, WEIGHTS}:
            raise ValueError(f"The dataset has no column for the input beside its target. Received columns {columns}.")
        if self.samples == 0:
            raise ValueError("The data is empty: the Hugging Face Dataset has no rows. Pass at least one.")
        if self.samples is not None:
            self.num_batches = count_batches(self.samples, self.batch_size)
            self.partial_batch_size = self.samples % self.batch_size

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over one pass of the rows."""
        rows = self._streamed() if self.samples is None else self._indexed(self.samples)
        return self._to_device(_parts(batch) for batch in rows)

    def _indexed(self, samples: int) -> Iterator[dict[str, Any]]:
        order = torch.randperm(samples).tolist() if self.shuffle else None
        for start in range(0, samples, self.batch_size):
            stop = min(start + self.batch_size, samples)
            yield self.dataset[start:stop] if order is None else self.dataset[order[start:stop]]

    def _streamed(self) -> Iterator[dict[str, Any]]:
        def by_column(rows: list[dict[str, Any]]) -> dict[str, Any]:
            return {name: [row[name] for row in rows] for name in rows[0]}

        return stages.batched(self.dataset, self.batch_size, collate=by_column)


def _as_arrays(dataset: Any) -> Any:
    form = getattr(dataset, "format", None)
    if not isinstance(form, dict):  # a stream: its rows are put together here
        return dataset
    return dataset if form.get("type") in _KEPT_FORMATS else dataset.with_format("numpy", columns=form.get("columns"))


def _parts(batch: dict[str, Any]) -> Parts:
    columns = {name: _column(name, values) for name, values in batch.items()}
    target = next((columns.pop(name) for name in TARGETS if name in columns), None)
    weight = columns.pop(WEIGHTS, None)
    inputs = next(iter(columns.values())) if len(columns) == 1 else columns
    return inputs, target, weight


def _column(name: str, values: Any) -> Any:
    if not hasattr(values, "dtype"):
        try:
            values = stack(values) if isinstance(values[0], torch.Tensor) else np.asarray(values)
        except ValueError:  # rows of different lengths
            values = np.asarray(None)
    if getattr(values.dtype, "kind", "") in "OSUT" and not isinstance(values.dtype, torch.dtype):
        texts = None if name in (*TARGETS, WEIGHTS) else texts_in(values)
        if texts is not None:
            return StringArray(texts)
        raise ValueError(
            f"Column {name!r} of the dataset cannot become a tensor: it holds rows of different lengths, or strings "
            "where only an input may. Leave it out with `remove_columns`, or encode and pad it with `map`."
        )
    return values
