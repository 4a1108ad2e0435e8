"""The default prediction step, traced: the model's call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.training.tracing.traced_step import TracedStep


class TracedPrediction(TracedStep):
    """Computes outputs for batches."""

    _outputs: Any = None  # their nesting

    def run(self, x: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """Return the outputs for one batch, as the model computes them."""
        return self.model(x)

    def why_not(self) -> str | None:
        """Return why the call cannot be recorded; None if it can."""
        return "the model was compiled with `run_eagerly=True`" if self.model.run_eagerly else None

    def settings(self) -> list[Any]:
        """Return nothing: the call reads layers only."""
        return []

    def compute(self, x: Any, y: Any, sample_weight: Any) -> Any:
        """Return the outputs."""
        return self.model(x)

    def results(self, computed: Any) -> dict[Any, torch.Tensor]:
        """Return the tensors among the outputs."""
        leaves, self._outputs = pytree.tree_flatten(computed)
        return dict(enumerate(leaves))

    def put_back(self, keys: Sequence[Any], tensors: Sequence[torch.Tensor]) -> Any:
        """Return the outputs."""
        return pytree.tree_unflatten(list(tensors), self._outputs)

    def finish(self, computed: Any, x: Any, y: Any, sample_weight: Any, is_updated: bool = False) -> Any:
        """Return the outputs."""
        return computed
