"""Windows over a series as a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.data.pipeline import Passes, Pipeline, pass_seed
from torchkeras_compat.data.sliced_rows import is_sliced, tensor_of
from torchkeras_compat.utils.folder_dataset import check_format

_ROWS_AT_ONCE = 256  # windows gathered together where there are no batches


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Pipeline:
    """Return windows over a series, ``data[i : i + sequence_length * sampling_rate : sampling_rate]``, as a dataset.

    ``i`` counts from ``start_index`` in steps of ``sequence_stride``. Windows are cut out when they are asked for.
    A memory-mapped array or an HDF5 dataset is never read whole.

    Args:
        data: Array or tensor of shape ``(steps, ...)``.
        targets: Array whose row ``i`` is the target of the window that starts at ``data[i]``, or None. Windows
            beyond its end are left out.
        sequence_length: Steps of a window.
        sequence_stride: Steps between the starts of two windows.
        sampling_rate: Steps of the series between two steps of a window.
        batch_size: Windows a batch; None for single windows.
        shuffle: Whether the windows come in a new random order in each pass.
        seed: Repeats the orders; None for one drawn from NumPy's random numbers.
        start_index: First step that is used; None for the first of all.
        end_index: Step after the last one that is used; None for all.
        format: ``"tf"`` or ``"grain"``; the dataset is the same, and needs neither library.

    Returns:
        A :class:`~torchkeras_compat.data.pipeline.Pipeline` of windows, of shape ``(batch, sequence_length, ...)`` and
        the dtype of ``data``, with their targets if there are any.

    Raises:
        ValueError: an argument is not as above, or no window fits.

    Example:
        >>> series = np.arange(6)
        >>> for x, y in timeseries_dataset_from_array(series, series[3:], sequence_length=3, batch_size=2):
        ...     print(x.tolist(), y.tolist())
        [[0, 1, 2], [1, 2, 3]] [3, 4]
        [[2, 3, 4]] [5]

    Source: Keras API, utils/timeseries_dataset_from_array.
    """
    check_format(format)
    series = _Series(data)
    first, last = _span(len(series), start_index, end_index)
    for name, value in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        if not _is_count(value) or value >= len(series):
            raise ValueError(
                f"`{name}` must be an int higher than 0 and lower than the length of the data. "
                f"Received: {name}={value!r}, for data of length {len(series)}"
            )
    if not _is_count(sequence_length):
        raise ValueError(f"`sequence_length` must be an int higher than 0. Received: {sequence_length!r}")
    if batch_size is not None and not _is_count(batch_size):
        raise ValueError(f"`batch_size` must be a positive int, or None for single windows. Received: {batch_size!r}")
    reach = (sequence_length - 1) * sampling_rate
    stop = last - reach
    labels = None if targets is None else _Series(targets)
    if labels is not None:
        stop = min(stop, len(labels))
    starts = np.arange(first, stop, sequence_stride)
    if not len(starts):
        raise ValueError(
            f"No window fits: one of `sequence_length={sequence_length}` at `sampling_rate={sampling_rate}` spans "
            f"{reach + 1} steps. Received {last - first} steps"
            + ("." if labels is None else f" and {len(labels)} targets, from index {first} on.")
        )
    steps = np.arange(sequence_length) * sampling_rate
    if shuffle and seed is None:
        seed = int(np.random.randint(1_000_000))
    passes = Passes()
    rows = batch_size or _ROWS_AT_ONCE

    def windows() -> Iterator[Any]:
        order = starts
        if shuffle:
            assert seed is not None
            order = np.random.default_rng(pass_seed(seed, passes.next())).permutation(starts)
        for place in range(0, len(order), rows):
            chosen = order[place : place + rows]
            x = series.windows(chosen, steps)
            yield x if labels is None else (x, labels.rows(chosen))

    batches = Pipeline(windows, -(-len(starts) // rows), is_batched=True, passes=[passes])
    if batch_size is not None:
        return batches
    return Pipeline(batches.unbatch()._start, len(starts), passes=[passes])


class _Series:
    """Rows of an array in memory or on disk."""

    def __init__(self, data: Any) -> None:
        self.is_on_disk = is_sliced(data)
        if self.is_on_disk:
            self.source = data
        elif isinstance(data, torch.Tensor):
            self.source = data.detach()
        else:
            self.source = tensor_of(np.asarray(data))
        if not len(self.source.shape):
            raise ValueError("`data` and `targets` must have a first axis of steps. Received a scalar.")

    def __len__(self) -> int:
        return int(self.source.shape[0])

    def windows(self, starts: np.ndarray, steps: np.ndarray) -> torch.Tensor:
        if not self.is_on_disk:
            places = torch.from_numpy(starts[:, None] + steps).to(self.source.device)
            return self.source[places]
        stop, rate = int(steps[-1]) + 1, int(steps[1]) if len(steps) > 1 else 1
        return torch.stack([self._read(start, start + stop, rate) for start in starts.tolist()])

    def rows(self, places: np.ndarray) -> torch.Tensor:
        if not self.is_on_disk:
            return self.source[torch.from_numpy(places).to(self.source.device)]
        return torch.cat([self._read(place, place + 1, 1) for place in places.tolist()])

    def _read(self, start: int, stop: int, rate: int) -> torch.Tensor:
        rows = self.source[start:stop:rate]
        return tensor_of(rows.toarray() if hasattr(rows, "toarray") else np.array(rows))


def _span(length: int, start_index: int | None, end_index: int | None) -> tuple[int, int]:
    if start_index is not None and not 0 <= start_index < length:
        raise ValueError(
            "`start_index` must be 0 or higher, and lower than the length of the data. "
            f"Received: start_index={start_index}, for data of length {length}"
        )
    if end_index is not None and not 0 <= end_index < length:
        raise ValueError(
            "`end_index` must be 0 or higher, and lower than the length of the data (leave it out for all of it). "
            f"Received: end_index={end_index}, for data of length {length}"
        )
    first, last = start_index or 0, length if end_index is None else end_index
    if last <= first:
        raise ValueError(
            f"`end_index` must be higher than `start_index`. Received: start_index={start_index}, end_index={end_index}"
        )
    return first, last


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__") and value > 0
