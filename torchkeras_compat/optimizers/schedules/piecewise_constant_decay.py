"""Learning rate that changes in jumps."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from typing import Any

from torchkeras_compat.optimizers.schedules.base import LearningRateSchedule, as_number


class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[i]`` while ``boundaries[i - 1] < step <= boundaries[i]``.

    Args:
        boundaries: Increasing numbers of updates.
        values: Learning rates, one more than boundaries.
        name: Name.

    Raises:
        ValueError: the lengths do not fit, or ``boundaries`` does not increase.

    Example:
        >>> rate = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.1])
        >>> rate(10), rate(11), rate(21)
        (1.0, 0.5, 0.1)

    Source: Keras API, optimizers/schedules/PiecewiseConstantDecay.
    """

    def __init__(self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length {len(values)}."
            )
        if any(b >= c for b, c in itertools.pairwise(boundaries)):
            raise ValueError(f"`boundaries` must increase. Received: boundaries={boundaries}")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> float:
        return float(self.values[bisect.bisect_left(self.boundaries, as_number(step))])

    def get_config(self) -> dict[str, Any]:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
