"""A `Pipeline` as training data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.data.stream import Parts, StreamAdapter


class PipelineAdapter(StreamAdapter):
    """Batches of a :class:`~torchkeras_compat.data.pipeline.Pipeline`, a new pass in each epoch.

    Args:
        pipeline: Yields ``x``, ``(x, y)`` or ``(x, y, sample_weight)``.
        **options: As :class:`~torchkeras_compat.data.stream.StreamAdapter` takes them.

    Raises:
        ValueError: as for every stream; the pipeline yields samples, not batches, or nothing at all.

    Example:
        >>> import torch
        >>> rows = Pipeline(lambda: iter([(torch.ones(3), 0), (torch.ones(3), 1)]), length=2)
        >>> [tuple(x.shape) for x, y, weights in PipelineAdapter(rows.batch(2)).epoch()]
        [(2, 3)]
    """

    def __init__(self, pipeline: Pipeline, y: Any = None, sample_weight: Any = None, **options: Any) -> None:
        super().__init__("a dataset", y, sample_weight, **options)
        if not pipeline.is_batched:
            raise ValueError("The dataset yields single samples, and training needs batches: call `.batch(32)` on it.")
        count = int(pipeline.cardinality())
        if count == 0:
            raise ValueError("The data is empty: the dataset has 0 batches. Pass one with at least one batch.")
        self.pipeline = pipeline
        self.num_batches = count if count > 0 else None

    def state_dict(self) -> dict[str, Any]:
        return self.pipeline.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.pipeline.load_state_dict(state_dict)

    def epoch(self) -> Iterator[Parts]:
        """Return an iterator over one pass of the pipeline."""
        return self._to_device(self._parts(batch) for batch in self.pipeline.batches_for_training())
