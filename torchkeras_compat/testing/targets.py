"""Targets and predictions for losses and metrics."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.testing import strategies as drawing

SAMPLES, CLASSES = 6, 3


class Targets:
    """Targets and predictions: as given, or one of three classes for each of six samples, and probabilities.

    Args:
        y_true: Array or tensor of six samples or more, or None.
        y_pred: Predictions for it, or None.

    Raises:
        ValueError: only one of the two is given, or they are fewer than six.
    """

    def __init__(self, y_true: Any = None, y_pred: Any = None) -> None:
        if (y_true is None) != (y_pred is None):
            raise ValueError(
                "Targets come with predictions. Received only "
                f"{'`y_pred`' if y_true is None else '`y_true`'}. Give both, or neither."
            )
        if y_true is None:
            generator = torch.Generator().manual_seed(0)
            y_true = torch.eye(CLASSES)[torch.arange(SAMPLES) % CLASSES]
            y_pred = torch.softmax(torch.randn(SAMPLES, CLASSES, generator=generator), -1)
        self.y_true, self.y_pred = convert_to_tensor(y_true).cpu(), convert_to_tensor(y_pred).detach().cpu()
        if len(self.y_true) != len(self.y_pred) or len(self.y_true) < SAMPLES:
            raise ValueError(
                f"The checks need {SAMPLES} samples or more, as many targets as predictions. Received shapes "
                f"{tuple(self.y_true.shape)} and {tuple(self.y_pred.shape)}."
            )
        low, high = self.y_pred.min().item(), self.y_pred.max().item()
        # Where predictions can lie: probabilities are known by their range.
        self.range = (0.0, 1.0) if 0 <= low and high <= 1 else (-1e4, 1e4)
        sums = self.y_pred.sum(-1)
        self.is_distribution = self.range[0] == 0 and bool(torch.allclose(sums, torch.ones_like(sums), atol=1e-3))

    def __len__(self) -> int:
        return len(self.y_true)

    def extremes(self) -> list[torch.Tensor]:
        """Predictions at the ends of their range: all one class, for a distribution over classes."""
        if self.is_distribution:
            classes = self.y_pred.shape[-1]
            ends = torch.eye(classes, dtype=self.y_pred.dtype)[[0, classes - 1]]
            return [end.expand_as(self.y_pred).clone() for end in ends]
        return [torch.full_like(self.y_pred, end) for end in self.range]

    def draw(self, body: Any) -> None:
        """Call ``body(y_true, y_pred, cut)`` with drawn numbers of samples and predictions in their range."""
        low, high = max(self.range[0], -drawing.LARGEST), min(self.range[1], drawing.LARGEST)

        def try_values(samples: int, seed: int, cut: int) -> None:
            y_pred = self.y_pred[:samples]
            if y_pred.is_floating_point():
                y_pred = drawing.filler(low, high, seed)(y_pred)
                if self.is_distribution:
                    y_pred = (y_pred + 0.01) / (y_pred + 0.01).sum(-1, keepdim=True)
            body(self.y_true[:samples], y_pred, min(cut, samples))

        drawing.for_all(
            try_values,
            samples=lambda st: st.integers(1, len(self)),
            seed=lambda st: st.integers(0, 999),
            cut=lambda st: st.integers(0, len(self)),
        )
