"""How the dense layers of attention are adapted: as one torch module with the axes of the heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.kernel_adapter import KernelAdapter

if TYPE_CHECKING:
    from torchkeras_compat.layers.attention.projection import HeadProjection


class SplitLinear(nn.Linear):
    """A linear map of the last axes of its inputs, whose output may have several axes.

    Args:
        linear: Linear module, whose weights it takes over.
        summed_axes: Number of last axes of the inputs that are summed over.
        output_sizes: Sizes of the axes that come out.
    """

    def __init__(self, linear: nn.Linear, summed_axes: int, output_sizes: tuple[int, ...]) -> None:
        super().__init__(linear.in_features, linear.out_features, bias=False, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        self.summed_axes, self.output_sizes = summed_axes, output_sizes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map."""
        x = super().forward(x.flatten(-self.summed_axes))
        return torch.unflatten(x, -1, self.output_sizes)


class HeadProjectionAdapter(KernelAdapter):
    """Adapts a `HeadProjection`."""

    layer: HeadProjection
    module_name = "linear"

    def contraction(self) -> Contraction:
        layer = self.layer
        letters = iter("abcdefghijklmnopqrstuvwxyz")
        summed, outputs = (
            "".join(next(letters) for _ in sizes) for sizes in (range(layer.summed_axes), layer.output_sizes)
        )
        built_for = layer.get_build_config()
        assert built_for is not None
        elided = len(built_for["input_shape"]) - layer.summed_axes
        return Contraction(f"...{summed},{summed}{outputs}->...{outputs}", elided)

    def prepare_module(self) -> None:
        layer = self.layer
        if type(layer.linear) is nn.Linear:
            split = SplitLinear(layer.linear, layer.summed_axes, layer.output_sizes)
            self.held_weight().attach(split, "weight")
            if layer.bias is not None:
                layer.bias.attach(split, "bias")
            layer._keep_torch_module("linear", split)
            layer._shape_output(0, ())
