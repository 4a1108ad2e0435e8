"""A ``torch.utils.data.DataLoader`` as training data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch.utils.data import DataLoader

from torchkeras_compat.data.stream import Parts, StreamAdapter


class TorchLoaderAdapter(StreamAdapter):
    """Batches of a ``DataLoader``, one pass of it an epoch; it alone decides order and size.

    Args:
        loader: Yields ``x``, ``(x, y)`` or ``(x, y, sample_weight)``; a list counts as a tuple, since that is what
            PyTorch's collate function makes of one.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; at the first batch, one of more than three parts.

    Example:
        >>> import torch
        >>> pairs = torch.utils.data.TensorDataset(torch.zeros(5, 2), torch.zeros(5))
        >>> adapter = TorchLoaderAdapter(DataLoader(pairs, batch_size=2))
        >>> adapter.num_batches, adapter.partial_batch_size
        (3, 1)
    """

    def __init__(self, loader: DataLoader[Any], y: Any = None, sample_weight: Any = None, **options: Any) -> None:
        super().__init__("a torch DataLoader", y, sample_weight, **options)
        self.loader = loader
        self.batch_size = loader.batch_size
        try:
            self.num_batches = len(loader)
            samples = len(loader.dataset)  # type: ignore[arg-type]
        except TypeError:  # an IterableDataset without a length
            return
        if self.batch_size and not loader.drop_last:
            self.partial_batch_size = samples % self.batch_size

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over one pass of the loader."""
        return self._to_device(map(self._unpacked, self.loader))
