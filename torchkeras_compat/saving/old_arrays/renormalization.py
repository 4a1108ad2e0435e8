"""Averages of `BatchNormalization(renorm=True)` as tf.keras before TensorFlow 1.14 kept them."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def has_counts(expected: int, found: Sequence[tuple[int, ...]]) -> bool:
    """Return whether arrays begin with those of such a layer, whose two averages each have a weight behind them.

    Args:
        expected: How many arrays the layer has today.
        found: Shapes of the arrays from here on.

    Example:
        >>> has_counts(5, [(3,), (3,), (3,), (), (3,), ()]), has_counts(5, [(3,), (3,), (3,), (3,), (3,)])
        (True, False)
    """
    if expected < 5 or len(found) <= expected:
        return False
    averages = found[expected - 3 : expected + 1]
    return [len(shape) for shape in averages] == [1, 0, 1, 0]


def without_counts(arrays: list[torch.Tensor], epsilon: float) -> list[torch.Tensor]:
    """Return the arrays of today, which have a moving standard deviation, and averages that need no weight.

    An average began at 0 and was divided by its weight, the sum of what had been averaged. Of a layer that had not
    been trained, it is what a batch with the moving statistics would have given.

    Args:
        arrays: Perhaps gamma and beta; moving mean and variance; average of the means and its weight; average of the
            standard deviations and its weight.
        epsilon: That of the layer.

    Source: TensorFlow 1.13 API, keras/layers/BatchNormalization.
    """
    *before, mean, variance, means, mean_weight, deviations, deviation_weight = arrays
    deviation = torch.sqrt(variance + epsilon)
    return [
        *before,
        mean,
        variance,
        deviation,
        _average(means, mean_weight, mean),
        _average(deviations, deviation_weight, deviation),
    ]


def _average(total: torch.Tensor, weight: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
    return torch.where(weight > 0, total / weight, start)
