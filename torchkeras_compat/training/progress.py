"""Where a loop is."""

from __future__ import annotations

from dataclasses import dataclass

from torchkeras_compat.data.epochs import Batch


@dataclass(slots=True)
class Progress:
    """Where a loop is: what the loops count, and what an out-of-memory error then speaks of.

    Attributes:
        epoch: Number of the epoch, from 0; None outside of ``fit``.
        step: Index in the epoch of the last step that has begun; that before the first one of the epoch until then.
        batch: Batch of that step, ``(x, y, sample_weight)``; None before the first one.
    """

    epoch: int | None = None
    step: int = -1
    batch: Batch | None = None
