"""How `Conv1D`, `Conv2D` and `Conv3D` are adapted."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from torch import nn
from torch.nn.modules.conv import _ConvNd

from torchkeras_compat.layers.adaptation.adapter import Adapter
from torchkeras_compat.layers.adaptation.lora import LowRankConvolution
from torchkeras_compat.layers.adaptation.stored import StoredWeight

if TYPE_CHECKING:
    from torchkeras_compat.layers.convolutional.conv import Conv


class ConvAdapter(Adapter):
    """Adds a low-rank product to the kernel of a convolution, which has no quantized form."""

    layer: Conv
    module_name = "conv"
    weight_name = "kernel"
    modes = ()
    file_order: tuple[str, ...] = ("_kernel", "bias")

    def stored(self) -> StoredWeight | None:
        return None

    def add_low_rank(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        self.layer._keep_torch_module("conv", LowRankConvolution(cast(_ConvNd, self.module), a, b, scaling))
