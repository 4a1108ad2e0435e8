"""How Keras's scales of quantized weights correspond to those that the torch modules hold."""

from __future__ import annotations

import torch

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layouts import Layout


class AlignedScale(Layout):
    """A scale of the kernel where it broadcasts to the output, over one that broadcasts to the kernel."""

    def __init__(self, contraction: Contraction) -> None:
        self.contraction = contraction

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return self.contraction.align_kernel_scale(tensors[0])

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (self.contraction.unalign_kernel_scale(value),)


class Squeezed(Layout):
    """A tensor without an axis of size 1."""

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        return tensors[0].squeeze(self.axis)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (value.unsqueeze(self.axis),)
