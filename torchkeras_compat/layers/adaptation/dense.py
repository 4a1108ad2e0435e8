"""How `Dense` is adapted."""

from __future__ import annotations

from torchkeras_compat.layers.adaptation.contraction import MATRIX_PRODUCT, Contraction
from torchkeras_compat.layers.adaptation.kernel_adapter import KernelAdapter


class DenseAdapter(KernelAdapter):
    """Adapts a `Dense`."""

    module_name = "linear"

    def contraction(self) -> Contraction:
        return MATRIX_PRODUCT
