"""Arrays in memory or on disk as batches: the path that most programs take, so nothing in it runs per sample."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.data import transfer
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.batching import DEFAULT_BATCH_SIZE, count_batches
from torchkeras_compat.data.checks import check_batch_size, check_lengths, check_shuffle
from torchkeras_compat.data.class_weight import ClassWeights, refuse_combination
from torchkeras_compat.data.columns import Column, as_column, fold_number_lists
from torchkeras_compat.data.finite import warn_if_not_finite
from torchkeras_compat.data.sliced_rows import SlicedRows
from torchkeras_compat.data.structure import named_leaves, rebuilder, with_one_leaf

# Rows are gathered for several batches at a time, and the batches are views of what was gathered. On a CPU core,
# 10,000 rows of 20 floats in batches of 32 take 0.8 ms an epoch so, 1.5 ms with one gather a batch; 60,000 rows of
# 784 take the same 35 ms up to 4 MB, and 120 ms from 64 MB on, where a window has left the cache before it is used.
_CPU_WINDOW_BYTES = 2**21
_CHECKED_BYTES = 2**20
_DEVICE_WINDOW_BYTES = 2**26  # an accelerator has no such cache: the fewer launches, the better


class ArraysAdapter(Adapter):
    """Batches of arrays, each ``batch_size`` rows of all of them.

    The arrays are converted once and, where they fit, put on the device once. Without shuffling a batch is a view
    of them; with it, rows are gathered for a window of batches at a time. Arrays on disk, and those that do not
    fit on the device, are read and copied batch by batch.

    Args:
        x: Array, or nested lists, tuples and dictionaries of arrays.
        y: Targets in the same forms, or None.
        sample_weight: One array for all outputs, or one for each, in the structure of ``y``; or None.
        batch_size: Rows a batch; None for 32, or for what makes ``steps_per_epoch`` batches.
        steps_per_epoch: Only to choose ``batch_size`` when that is None.
        shuffle: True for a new order of all rows in each epoch (``torch.randperm`` on the CPU, so
            ``torch.manual_seed`` repeats it on any device), ``"batch"`` for a new order within each batch.
        class_weight: Labels and their weights, or None.
        device: Where the batches are.
        check_finite: Whether to warn of NaN and infinity in arrays in memory.

    Raises:
        ValueError: arrays of different lengths, no data, dtypes that cannot become tensors, ``sample_weight`` that does
            not match ``y``, ``class_weight`` beside ``sample_weight`` or several outputs, a bad ``batch_size`` or
            ``shuffle``.

    Example:
        >>> adapter = ArraysAdapter(torch.zeros(5, 2), [1, 2, 3, 4, 5], batch_size=2, shuffle=False, device="cpu")
        >>> adapter.num_batches, [tuple(x.shape) for x, y, weights in adapter.epoch()]
        (3, [(2, 2), (2, 2), (1, 2)])
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int | None = None,
        steps_per_epoch: int | None = None,
        shuffle: bool | str = False,
        class_weight: dict[int, float] | None = None,
        device: torch.device | str = "cpu",
        check_finite: bool = False,
    ) -> None:
        check_batch_size(batch_size, steps_per_epoch)
        check_shuffle(shuffle)
        x, y, sample_weight = (fold_number_lists(part) for part in (x, y, sample_weight))
        if class_weight:
            refuse_combination(class_weight, y, sample_weight)
        weights = _weight_structure(y, sample_weight)
        names: list[str] = []
        columns: list[Column] = []
        for root, part in (("x", x), ("y", y), ("sample_weight", sample_weight)):
            for name, leaf in named_leaves(part, root):
                names.append(name)
                columns.append(as_column(leaf, name))
        self.yields_bare_inputs = y is None and not isinstance(x, (list, tuple))
        self.samples = check_lengths(list(zip(names, columns)))
        if check_finite:
            warn_if_not_finite((name, c) for name, c in zip(names, columns) if isinstance(c, torch.Tensor))
        self._build_x, last = rebuilder(x)
        self._build_y, last = rebuilder(y, last)
        self._build_weight, last = rebuilder(sample_weight, last)
        if weights is not sample_weight:  # one column for all outputs: a loss of several sees one weight
            self._build_weight = with_one_leaf(weights, last - 1)
        if class_weight:
            columns.append(_weights_of_classes(ClassWeights(class_weight), columns[-1]))
            self._build_weight = lambda leaves: leaves[last]
        if batch_size is None:
            batch_size = count_batches(self.samples, steps_per_epoch) if steps_per_epoch else DEFAULT_BATCH_SIZE
        self.batch_size: int = int(batch_size)
        self.num_batches = count_batches(self.samples, self.batch_size)
        self.partial_batch_size = self.samples % self.batch_size
        self.shuffle = shuffle
        self.device = torch.device(device)
        self._columns = self._placed(columns)

    def description(self) -> dict[str, Any]:
        """Return sizes, shapes and dtypes, and a checksum of some evenly spaced rows of what is in memory."""
        arrays = [column for column in self._columns if isinstance(column, torch.Tensor)]
        return {
            **super().description(),
            "arrays": [f"{column.dtype} {tuple(column.shape)}".removeprefix("torch.") for column in arrays],
            "content": [_checksum(column) for column in arrays],
        }

    def epoch(self) -> Iterator[tuple[Any, Any, Any]]:
        """Return an iterator over the batches of one epoch, in a new order if they are shuffled."""
        batches = self._resident_batches() if self.is_resident else self._streamed_batches()
        if self._is_single:
            return ((x, y, None) for x, y in batches)
        build_x, build_y, build_weight = self._build_x, self._build_y, self._build_weight
        return ((build_x(leaves), build_y(leaves), build_weight(leaves)) for leaves in batches)

    def _placed(self, columns: list[Column]) -> list[Column]:
        """Put the columns on the device if they all can stay there."""
        tensors = [column for column in columns if isinstance(column, torch.Tensor)]
        elsewhere = sum(column.numel() * column.element_size() for column in tensors if column.device != self.device)
        self.is_resident = len(tensors) == len(columns) and transfer.fits(elsewhere, self.device)
        # The commonest batch, one input and one target, is spared the functions that put structures together.
        self._is_single = len(columns) == 2 and self._build_x([0, 1]) == 0 and self._build_y([0, 1]) == 1
        if self.is_resident:
            return [column.to(self.device) for column in tensors]
        return [column.cpu() if isinstance(column, torch.Tensor) else column for column in columns]

    def _resident_batches(self) -> Iterator[Sequence[torch.Tensor]]:
        columns: list[torch.Tensor] = self._columns  # type: ignore[assignment]
        bytes_per_row = max(1, sum(column.element_size() * column.numel() for column in columns) // self.samples)
        window_bytes = _CPU_WINDOW_BYTES if self.device.type == "cpu" else _DEVICE_WINDOW_BYTES
        rows = max(1, window_bytes // (bytes_per_row * self.batch_size)) * self.batch_size
        order = self._order()
        if order is not None:
            order = order.to(self.device)
        for start in range(0, self.samples, rows):
            if order is None:
                windows = [column[start : start + rows] for column in columns]
            else:
                places = order[start : start + rows]
                windows = [column.index_select(0, places) for column in columns]
            yield from zip(*(window.split(self.batch_size) for window in windows))

    def _streamed_batches(self) -> Iterator[Sequence[torch.Tensor]]:
        copier = transfer.copier_for(self.device)
        return transfer.stream_to_device(self._host_batches(), copier, ahead=0 if self.device.type == "cpu" else 1)

    def _host_batches(self) -> Iterator[list[torch.Tensor]]:
        order = self._order()
        for start in range(0, self.samples, self.batch_size):
            stop = min(start + self.batch_size, self.samples)
            yield [_rows(column, start, stop, None if order is None else order[start:stop]) for column in self._columns]

    def _order(self) -> torch.Tensor | None:
        """The order of the rows in this epoch; None for that of the arrays."""
        if not self.shuffle:
            return None
        if self.shuffle == "batch":
            starts = range(0, self.samples, self.batch_size)
            return torch.cat([start + torch.randperm(min(self.batch_size, self.samples - start)) for start in starts])
        return torch.randperm(self.samples)


def _checksum(column: torch.Tensor) -> int:
    bytes_per_row = max(1, column.element_size() * column.numel() // len(column))
    count = min(len(column), max(2, _CHECKED_BYTES // bytes_per_row))
    places = torch.linspace(0, len(column) - 1, count, dtype=torch.float64).round().long()
    rows = column[places.to(column.device)].cpu().contiguous()
    return zlib.crc32(rows.reshape(-1).view(torch.uint8).numpy().data)


def _rows(column: Column, start: int, stop: int, places: torch.Tensor | None) -> torch.Tensor:
    if places is None:
        return column[start:stop] if isinstance(column, torch.Tensor) else column.read(start, stop)
    return column.index_select(0, places) if isinstance(column, torch.Tensor) else column.gather(places)


def _weights_of_classes(weights: ClassWeights, labels: Column) -> torch.Tensor:
    if isinstance(labels, SlicedRows):
        labels = labels.read(0, len(labels))
    weights.warn_about_missing(labels)
    return weights(labels)


def _weight_structure(y: Any, sample_weight: Any) -> Any:
    """One weight an output, in the structure of ``y``; one array for several outputs counts for each of them."""
    if sample_weight is None or not tree.is_nested(y):
        if tree.is_nested(sample_weight) and y is not None:
            raise ValueError(
                f"`sample_weight` is a {type(sample_weight).__name__}, but `y` is a single array. Pass one array of "
                "shape (samples,)."
            )
        return sample_weight
    if not tree.is_nested(sample_weight):
        shape = tuple(getattr(sample_weight, "shape", ()))
        if len(shape) != 1:
            raise ValueError(
                "For a model with multiple outputs, a single `sample_weight` array must hold one number per sample, "
                "shape "
                f"(samples,). Received shape {shape}. Pass one array per output for other shapes."
            )
        return tree.map_structure(lambda target: None if target is None else sample_weight, y)
    weights = [path for path, _ in tree.flatten_with_path(sample_weight)]
    targets = [path for path, _ in tree.flatten_with_path(y)]
    if weights != targets:
        raise ValueError(
            "You should provide one `sample_weight` array per output in `y`, in the same structure. "
            f"Received outputs {[''.join(f'[{k!r}]' for k in path) for path in targets]} and "
            f"weights {[''.join(f'[{k!r}]' for k in path) for path in weights]}. Use None for an output without "
            "weights."
        )
    return sample_weight
