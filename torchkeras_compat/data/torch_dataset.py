"""A ``torch.utils.data.Dataset`` without a loader as training data."""

from __future__ import annotations

from typing import Any

from torch.utils.data import DataLoader, Dataset, IterableDataset

from torchkeras_compat.data.batching import DEFAULT_BATCH_SIZE
from torchkeras_compat.data.checks import check_shuffle, refuse_targets
from torchkeras_compat.data.torch_loader import TorchLoaderAdapter


class TorchDatasetAdapter(TorchLoaderAdapter):
    """Batches of a torch dataset, put together by a ``DataLoader`` in the main process.

    Args:
        dataset: Its samples are ``x``, ``(x, y)`` or ``(x, y, sample_weight)``. An ``IterableDataset`` yields samples
            too; one that yields batches belongs into a ``DataLoader(dataset, batch_size=None)``.
        batch_size: Samples a batch; None for 32.
        shuffle: Whether samples come in a new order in each epoch; an ``IterableDataset`` keeps its own.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; or the dataset is empty.

    Example:
        >>> import torch
        >>> pairs = torch.utils.data.TensorDataset(torch.zeros(5, 2), torch.zeros(5))
        >>> [tuple(x.shape) for x, y, weights in TorchDatasetAdapter(pairs, batch_size=3).epoch()]
        [(3, 2), (2, 2)]
    """

    def __init__(
        self,
        dataset: Dataset[Any],
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        **options: Any,
    ) -> None:
        refuse_targets("a torch Dataset", y, sample_weight)
        check_shuffle(shuffle)
        if shuffle == "batch":
            raise ValueError("`shuffle='batch'` is only for arrays. Received x as a torch Dataset: pass True or False.")
        is_indexed = not isinstance(dataset, IterableDataset)
        if is_indexed and len(dataset) == 0:  # type: ignore[arg-type]
            raise ValueError(f"The data is empty: {type(dataset).__name__} has no samples. Pass at least one sample.")
        loader = DataLoader(dataset, batch_size=batch_size or DEFAULT_BATCH_SIZE, shuffle=is_indexed and bool(shuffle))
        super().__init__(loader, **options)
