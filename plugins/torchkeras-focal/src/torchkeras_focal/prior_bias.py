"""Bias for a rare class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.initializers import Initializer


class PriorBias(Initializer):
    """``-log((1 - prior) / prior)``: with this bias a sigmoid starts at ``prior``, not at one half.

    Args:
        prior: Frequency of the class, in (0, 1).

    Raises:
        ValueError: ``prior`` is outside (0, 1).

    Example:
        >>> torch.sigmoid(PriorBias(0.25)((1,))).tolist()
        [0.25]

    Source: Lin et al. 2017, "Focal loss for dense object detection", section 4.1.
    """

    def __init__(self, prior: float = 0.01) -> None:
        if not 0 < prior < 1:
            raise ValueError(f"`prior` must lie between 0 and 1. Received: prior={prior}")
        self.prior = prior

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> torch.Tensor:
        """Return a tensor of ``shape`` filled with the bias."""
        dtype = getattr(torch, str(dtype).removeprefix("torch.")) if dtype is not None else None
        return torch.full(tuple(shape), -math.log((1 - self.prior) / self.prior), dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"prior": self.prior}
