"""How Keras and torch order the gates of a GRU: update, reset, new against reset, update, new."""

from __future__ import annotations

import torch

from torchkeras_compat.layouts import Layout


def swap_first_gates(gates: torch.Tensor, axis: int) -> torch.Tensor:
    """Exchange the first two of the three blocks along an axis: the way from Keras to torch, and back."""
    first, second, new = gates.chunk(3, axis)
    return torch.cat((second, first, new), axis)


class GRUKernel(Layout):
    """Keras ``(n, 3 * units)``, torch ``(3 * units, n)``."""

    is_view = False

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return swap_first_gates(tensors[0], 0).t()

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (swap_first_gates(value, 1).t(),)


class GRUBias(Layout):
    """Keras ``(3 * units,)``, torch ``(3 * units,)``."""

    is_view = False

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return swap_first_gates(tensors[0], 0)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (swap_first_gates(value, 0),)


class GRUBiases(Layout):
    """Keras ``(2, 3 * units)``; torch two of ``(3 * units,)``: of the inputs and of the state."""

    is_view = False

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return swap_first_gates(torch.stack(tensors), 1)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(swap_first_gates(value, 1).unbind(0))
