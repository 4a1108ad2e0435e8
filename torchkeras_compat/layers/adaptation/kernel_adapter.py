"""`KernelAdapter`: adapts a layer that multiplies its inputs with a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.adapter import Adapter, group_size
from torchkeras_compat.layers.adaptation.calibrated import CalibratedProduct
from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.float8 import ROLES, Float8Product
from torchkeras_compat.layers.adaptation.lora import LowRankProduct
from torchkeras_compat.layers.adaptation.products import QuantizedProduct
from torchkeras_compat.layers.adaptation.scale_layouts import AlignedScale, Squeezed
from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.quantizers.abs_max import AbsMaxQuantizer
from torchkeras_compat.quantizers.quantization_config import (
    activation_quantizer_or_default,
    weight_quantizer_or_default,
)
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class KernelAdapter(Adapter):
    """Adapts a layer with a ``kernel``, and maybe a ``bias``, that computes through a torch module with both."""

    weight_name = "kernel"
    modes = ("int8", "int4", "float8", "gptq", "awq")
    file_order: tuple[str, ...] = (
        "_kernel",
        "bias",
        "quantized_kernel",
        *("inputs_scale", "inputs_amax_history"),
        *("kernel_scale", "kernel_amax_history"),
        *("outputs_grad_scale", "outputs_grad_amax_history"),
        *("kernel_zero", "awq_scales", "g_idx"),
    )

    def contraction(self) -> Contraction:
        """Return which axes of inputs and kernel are summed."""
        raise NotImplementedError

    def base(self) -> nn.Module | None:
        """Return the torch module that holds the weight, inside those that adapt it; None if there is none yet."""
        module: nn.Module | None = self.layer._modules.get(self.module_name)
        while isinstance(module, (Float8Product, LowRankProduct)):
            module = module.base_layer
        return module

    def stored(self) -> StoredWeight | None:
        base = self.base()
        return base.weight if isinstance(base, QuantizedProduct) else None

    def integers(self) -> torch.Tensor | None:
        base = self.base()
        if isinstance(base, CalibratedProduct):
            return base.integers() if base.is_calibrated else None
        return super().integers()

    def quantize_weights(self, mode: str, config: QuantizationConfig | None) -> None:
        if mode == "float8":
            self._to_float8()
        elif mode in ("gptq", "awq"):
            self._to_calibrated(mode, config)
        else:
            self._to_integers(mode, config)

    def _to_integers(self, mode: str, config: QuantizationConfig | None) -> None:
        contraction, kernel = self.contraction(), self.held_weight().value
        weight_quantizer = weight_quantizer_or_default(config, None)
        axes = contraction.kernel_axes
        weight: StoredWeight
        layout: Layout
        if mode == "int8":
            weight = Int8Weight(kernel, axes, weight_quantizer)
            layout, default = AlignedScale(contraction), AbsMaxQuantizer()
        else:
            weight = Int4Weight(kernel, axes, 0, 1, group_size(config), weight_quantizer)
            layout, default = Squeezed(0), None
        inputs_quantizer = activation_quantizer_or_default(config, default)
        self.layer.inputs_quantizer = inputs_quantizer
        self._replace_base(QuantizedProduct(contraction, weight, None, self._bias_layout(), inputs_quantizer))
        self.list_stored("kernel", weight, layout, "_kernel")
        if weight.zero is not None:
            self.list_tensor("g_idx", weight, "g_idx")

    def _to_float8(self) -> None:
        length = getattr(self.layer._dtype_policy, "amax_history_length", 1024)
        layout = self.held_weight().layout
        product = Float8Product(self.module, self.contraction(), layout, self._bias_layout(), length)
        self.layer._keep_torch_module(self.module_name, product)
        for role in ROLES:
            for name in (f"{role}_scale", f"{role}_amax_history"):
                self.list_tensor(name, product, name, trainable=True).overwrite_with_gradient = True

    def _to_calibrated(self, mode: str, config: Any) -> None:
        source = self.layer._dtype_policy if config is None else config
        group_size = None if source.group_size == -1 else source.group_size
        kernel, bits = self.held_weight(), getattr(source, "weight_bits", 4)
        parameter = kernel.parameter
        assert isinstance(parameter, nn.Parameter)
        product = CalibratedProduct(
            self.contraction(), parameter, kernel.layout, self._bias_layout(), bits, group_size, mode == "awq"
        )
        kernel.attach(product, "weight")
        self._replace_base(product)
        for name in ("quantized_kernel", "kernel_scale", "kernel_zero", "g_idx", "awq_scales"):
            if getattr(product, name) is not None:
                self.list_tensor("kernel" if name == "quantized_kernel" else name, product, name, attribute=name)

    def calibrate(self, *found: torch.Tensor) -> None:
        """Take the integers that GPTQ or AWQ chose; see `CalibratedProduct.calibrate`."""
        base = self.base()
        assert isinstance(base, CalibratedProduct)
        base.calibrate(*found)
        self._finish(base)

    def finish_calibration(self, mode: str) -> None:
        base = self.base()
        if not isinstance(base, CalibratedProduct) or mode != self.layer.quantization_mode:
            super().finish_calibration(mode)
        else:
            self._finish(base)

    def _finish(self, product: CalibratedProduct) -> None:
        product.finish()
        self.layer._forget("_kernel")
        Variable.trainable_changes += 1

    @property
    def is_calibrated(self) -> bool:
        base = self.base()
        return isinstance(base, CalibratedProduct) and base.is_calibrated

    def file_values(self) -> Sequence[Variable | torch.Tensor]:
        base = self.base()
        if isinstance(base, CalibratedProduct) and not base.is_calibrated:
            kind = str(self.layer.quantization_mode).upper()
            raise ValueError(
                f"Layer '{self.layer.name}' is to be quantized by {kind} and is not calibrated yet. Files have no place"
                f" for its kernel in full precision. Calibrate it first: `model.quantize(config={kind}Config(...))`."
            )
        return super().file_values()

    def on_loaded(self) -> None:
        base = self.base()
        if isinstance(base, CalibratedProduct):  # files hold what was chosen
            self._finish(base)
        super().on_loaded()

    def _bias_layout(self) -> Layout:
        bias: Variable | None = self.layer.bias
        return IDENTITY if bias is None else bias.layout

    def _replace_base(self, module: nn.Module) -> None:
        """Put another module in the place of the one with the weight; the bias moves to it."""
        if self.layer.bias is not None:
            self.layer.bias.attach(module, "bias")
        self.replace_module(module)

    def add_low_rank(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        module = self.module
        if isinstance(module, Float8Product):
            module.base_layer = LowRankProduct(module.base_layer, self.contraction(), a, b, scaling)
        else:
            product = LowRankProduct(module, self.contraction(), a, b, scaling)
            self.layer._keep_torch_module(self.module_name, product)
