"""How `EinsumDense` is adapted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.kernel_adapter import KernelAdapter

if TYPE_CHECKING:
    from torchkeras_compat.layers.core.einsum_dense import EinsumDense


class EinsumDenseAdapter(KernelAdapter):
    """Adapts an `EinsumDense`."""

    layer: EinsumDense
    module_name = "einsum"

    def contraction(self) -> Contraction:
        equation = self.layer.equation
        outputs = equation.split("->")[1].replace(" ", "")
        return Contraction(equation, len(self.layer.full_output_shape) - len(outputs.replace("...", "")))
