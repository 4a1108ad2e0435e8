"""How many batches a torch batch norm without a counter has averaged since its statistics were reset."""

from __future__ import annotations

from typing import Any


class BatchCount:
    """Stands for ``reset_running_stats`` of a torch batch norm whose ``num_batches_tracked`` is None.

    torch's method asks for that counter, and so does its average over all batches (``momentum=None``), for which
    ``torch.optim.swa_utils.update_bn`` resets the statistics.

    Args:
        buffers: ``_buffers`` of the torch module; holding the module itself would tie it into a cycle.

    Example:
        >>> import torch
        >>> norm = torch.nn.BatchNorm1d(2)
        >>> count = BatchCount(norm._buffers)
        >>> count.next_fraction(), count.next_fraction()
        (1.0, 0.5)
        >>> count()
        >>> count.next_fraction(), norm.running_var.tolist()
        (1.0, [1.0, 1.0])
    """

    def __init__(self, buffers: dict[str, Any]) -> None:
        self.buffers = buffers
        self.batches = 0

    def __call__(self) -> None:
        """Set the statistics to those of no data, and count from here on."""
        self.buffers["running_mean"].zero_()
        self.buffers["running_var"].fill_(1)
        self.batches = 0

    def next_fraction(self) -> float:
        """Count one more batch, and return which fraction of the average it makes."""
        self.batches += 1
        return 1.0 / self.batches
