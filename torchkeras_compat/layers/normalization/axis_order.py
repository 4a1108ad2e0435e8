"""Bringing axes to where torch's kernels want them: free views, undone after the call."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from torchkeras_compat.layers.normalization.arguments import normalized_axes
from torchkeras_compat.layouts import IDENTITY, Layout


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


class InOrderOfAxes(Layout):
    """The sizes of a weight in the order in which Keras was given the axes; the values lie in memory as torch's do.

    Keras sorts axes as they are written, so negative ones come first, and reshapes the weight to those of the input.

    Args:
        keras_shape: Shape that Keras gives the weight.
        torch_shape: Shape that torch's module gives it.
    """

    def __init__(self, keras_shape: tuple[int, ...], torch_shape: tuple[int, ...]) -> None:
        self.keras_shape = keras_shape
        self.torch_shape = torch_shape

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return tensors[0].view(self.keras_shape)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (value.reshape(self.torch_shape),)


def weight_layout(keras_shape: tuple[int, ...], torch_shape: tuple[int, ...]) -> Layout:
    """Return how Keras sees a weight, given its shape in Keras's and in torch's order of the axes."""
    return IDENTITY if keras_shape == torch_shape else InOrderOfAxes(keras_shape, torch_shape)
