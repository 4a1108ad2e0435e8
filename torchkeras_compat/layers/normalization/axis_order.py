"""Bringing axes to where torch's kernels want them: free views, undone after the call."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from torchkeras_compat.layers.normalization.arguments import normalized_axes


class AxisOrder:
    """An order of axes, and the way back from it.

    Args:
        axes: The axes of the input in their new order.
    """

    def __init__(self, axes: Sequence[int]) -> None:
        self.there = tuple(axes)
        self.back = tuple(self.there.index(d) for d in range(len(self.there)))
        self.is_changed = self.there != self.back or self.there != tuple(range(len(self.there)))

    @classmethod
    def moved(cls, axis: int, to: int, ndim: int) -> AxisOrder:
        """Return the order in which ``axis`` comes at ``to``."""
        others = [d for d in range(ndim) if d != axis]
        return cls([*others[:to], axis, *others[to:]])

    def apply(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``x`` in this order."""
        return x.permute(self.there) if self.is_changed else x

    def undo(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``x``, which is in this order, in the original one."""
        return x.permute(self.back) if self.is_changed else x


class TrailingAxes(AxisOrder):
    """The order in which given axes come last.

    Args:
        axis: These axes, counted from either end.
        ndim: Number of axes of the input.
        owner: The layer, for the error.

    Raises:
        ValueError: an axis does not exist, or comes twice.
    """

    def __init__(self, axis: Sequence[int], ndim: int, owner: str) -> None:
        self.axes = normalized_axes(axis, ndim, owner)
        super().__init__([*(d for d in range(ndim) if d not in self.axes), *self.axes])
        self._axis = axis
        self._owner = owner

    def at_rank(self, ndim: int) -> TrailingAxes:
        """Return the order for inputs of this rank."""
        return self if ndim == len(self.there) else TrailingAxes(self._axis, ndim, self._owner)
