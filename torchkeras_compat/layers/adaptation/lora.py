"""Low-rank adapters: torch modules that add the product of two small matrices to that of a frozen weight."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.conv import _ConvNd

from torchkeras_compat.layers.adaptation.contraction import Contraction


class LowRankProduct(nn.Module):
    """``base_layer(x) + scaling * x a b``.

    Args:
        base_layer: Module that multiplies with the frozen kernel.
        contraction: Which axes are summed.
        a: Parameter, the kernel's shape with the rank as last size.
        b: Parameter, ``(rank, last size of the kernel)``.
        scaling: Factor of the adapter: alpha over rank.

    Source: Hu et al. 2021, section 4.1.
    """

    def __init__(
        self, base_layer: nn.Module, contraction: Contraction, a: nn.Parameter, b: nn.Parameter, scaling: float
    ) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.contraction = contraction
        self.lora_a = a
        self.lora_b = b
        self.scaling = scaling

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product."""
        a, b = self.lora_a.to(x.dtype), self.lora_b.to(x.dtype)
        product: torch.Tensor = self.base_layer(x)
        return product + self.contraction.multiply_low_rank(x, a, b) * self.scaling

    def delta(self) -> torch.Tensor:
        """Return what the adapter adds to the kernel, in Keras's layout."""
        return self.lora_a @ self.lora_b * self.scaling


class LowRankTable(nn.Module):
    """``base_layer(indices) + scaling * a[indices] b``.

    Args:
        base_layer: Module that looks up in the frozen table.
        a: Parameter ``(rows, rank)``.
        b: Parameter ``(rank, size of a vector)``.
        scaling: Factor of the adapter: alpha over rank.

    Source: Hu et al. 2021, section 4.1.
    """

    def __init__(self, base_layer: nn.Module, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.lora_a = a
        self.lora_b = b
        self.scaling = scaling

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        """Return rows of the adapted table."""
        rows: torch.Tensor = self.base_layer(indices)
        return rows + (F.embedding(indices, self.lora_a) @ self.lora_b * self.scaling).to(rows.dtype)

    def delta(self) -> torch.Tensor:
        """Return what the adapter adds to the table."""
        return self.lora_a @ self.lora_b * self.scaling


class LowRankConvolution(nn.Module):
    """The convolution of ``base_layer`` with ``weight + scaling * a b`` in place of its weight.

    One convolution: the product is small beside it, and two would read the inputs twice.

    Args:
        base_layer: Convolution of torch with the frozen weight.
        a: Parameter ``(*window, channels / groups, rank)``.
        b: Parameter ``(rank, filters)``.
        scaling: Factor of the adapter: alpha over rank.

    Source: Hu et al. 2021, section 4.1, with the window and the channels as the axes of the inputs.
    """

    def __init__(self, base_layer: _ConvNd, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.lora_a = a
        self.lora_b = b
        self.scaling = scaling

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the convolution."""
        base = self.base_layer
        weight = base.weight + self.delta().movedim((-1, -2), (0, 1)).to(base.weight.dtype)
        convolved: torch.Tensor = base._conv_forward(x, weight, base.bias)
        return convolved

    def delta(self) -> torch.Tensor:
        """Return what the adapter adds to the kernel, in Keras's layout."""
        return self.lora_a @ self.lora_b * self.scaling
