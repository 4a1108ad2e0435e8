"""How the array that Keras shows and the tensors that torch computes with correspond, for each weight."""

from __future__ import annotations

from collections.abc import Sequence

import torch


class Layout:
    """How Keras's array and torch's tensors of one weight correspond; this one: they are equal."""

    is_view = True

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        """Return Keras's array from torch's tensors."""
        return tensors[0]

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return torch's tensors from Keras's array."""
        return (value,)


class Permuted(Layout):
    """Keras's axis ``i`` is torch's axis ``axes[i]``."""

    def __init__(self, *axes: int) -> None:
        self.axes = axes
        self.inverse = tuple(sorted(range(len(axes)), key=axes.__getitem__))

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return tensors[0].permute(self.axes)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (value.permute(self.inverse),)


class Reshaped(Layout):
    """torch's tensor in the shape that Keras gives it."""

    def __init__(self, *shape: int) -> None:
        self.shape = shape

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return tensors[0].view(self.shape)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (value.reshape(-1),)


IDENTITY = Layout()


class Concatenated(Layout):
    """torch's tensors in a row, one after the other: several that make up one weight and have shapes of their own."""

    is_view = False

    def __init__(self, shapes: Sequence[torch.Size]) -> None:
        self.shapes = tuple(shapes)

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return torch.cat([t.reshape(-1) for t in tensors])

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        parts = torch.split(value, [shape.numel() for shape in self.shapes])
        return tuple(part.view(shape) for part, shape in zip(parts, self.shapes, strict=True))
