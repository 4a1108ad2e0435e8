"""`KernelLayer`: an adaptable layer that multiplies its inputs with a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.adaptable_layer import AdaptableLayer, group_size
from torchkeras_compat.layers.adaptation.calibrated import CalibratedProduct
from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.float8 import ROLES, Float8Product
from torchkeras_compat.layers.adaptation.lora import LowRankProduct
from torchkeras_compat.layers.adaptation.products import QuantizedProduct
from torchkeras_compat.layers.adaptation.stored import Int4Weight, Int8Weight, StoredWeight
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.quantizers.abs_max import AbsMaxQuantizer
from torchkeras_compat.quantizers.configs import activation_quantizer_or_default, weight_quantizer_or_default
from torchkeras_compat.variables import Variable


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


class KernelLayer(AdaptableLayer):
    """Base of the layers that multiply with a ``kernel`` and add a ``bias``, through a torch module with both."""

    _weight_name = "kernel"
    _modes = ("int8", "int4", "float8", "gptq", "awq")
    _file_order = (
        "_kernel",
        "bias",
        "quantized_kernel",
        *("inputs_scale", "inputs_amax_history"),
        *("kernel_scale", "kernel_amax_history"),
        *("outputs_grad_scale", "outputs_grad_amax_history"),
        *("kernel_zero", "awq_scales", "g_idx"),
    )
    bias: Variable | None

    def _contraction(self) -> Contraction:
        """Return which axes of inputs and kernel are summed."""
        raise NotImplementedError

    @property
    def kernel(self) -> Any:
        """The kernel: its variable; the integers where it is quantized; a tensor with the adapter added."""
        return self._visible_weight()

    @kernel.setter
    def kernel(self, value: Any) -> None:
        self._set_weight(value)

    def _base(self) -> nn.Module | None:
        """The torch module that holds the weight, inside those that adapt it; None if there is none yet."""
        module: Any = getattr(self, self._module_name, None)
        while isinstance(module, (Float8Product, LowRankProduct)):
            module = module.base_layer
        return module

    def _stored(self) -> StoredWeight | None:
        base = self._base()
        return base.weight if isinstance(base, QuantizedProduct) else None

    def _integers(self) -> Any:
        base = self._base()
        if isinstance(base, CalibratedProduct):
            return base.integers() if base.is_calibrated else None
        return super()._integers()

    def _quantize_weights(self, mode: str, config: Any) -> None:
        if mode == "float8":
            self._to_float8()
        elif mode in ("gptq", "awq"):
            self._to_calibrated(mode, config)
        else:
            self._to_integers(mode, config)

    def _to_integers(self, mode: str, config: Any) -> None:
        contraction, kernel = self._contraction(), self._held_weight().value
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
        self.inputs_quantizer = activation_quantizer_or_default(config, default)
        self._replace_base(QuantizedProduct(contraction, weight, None, self._bias_layout(), self.inputs_quantizer))
        self._list_stored("kernel", weight, layout, "_kernel")
        if weight.zero is not None:
            self._list("g_idx", weight, "g_idx")

    def _to_float8(self) -> None:
        length = getattr(self._dtype_policy, "amax_history_length", 1024)
        layout = self._held_weight().layout
        product = Float8Product(
            getattr(self, self._module_name), self._contraction(), layout, self._bias_layout(), length
        )
        self._keep_torch_module(self._module_name, product)
        for role in ROLES:
            for name in (f"{role}_scale", f"{role}_amax_history"):
                self._list(name, product, name, trainable=True).overwrite_with_gradient = True

    def _to_calibrated(self, mode: str, config: Any) -> None:
        source = self._dtype_policy if config is None else config
        group_size = None if source.group_size == -1 else source.group_size
        kernel, bits = self._held_weight(), getattr(source, "weight_bits", 4)
        product = CalibratedProduct(
            self._contraction(),
            kernel.parameter,  # type: ignore[arg-type]
            kernel.layout,
            self._bias_layout(),
            bits,
            group_size,
            mode == "awq",
        )
        kernel.attach(product, "weight")
        self._replace_base(product)
        for name in ("quantized_kernel", "kernel_scale", "kernel_zero", "g_idx", "awq_scales"):
            if getattr(product, name) is not None:
                self._list("kernel" if name == "quantized_kernel" else name, product, name, attribute=name)

    def _calibrate(self, *found: torch.Tensor) -> None:
        """Take the integers that GPTQ or AWQ chose; see `CalibratedProduct.calibrate`."""
        base = self._base()
        assert isinstance(base, CalibratedProduct)
        base.calibrate(*found)
        self._finish_calibration("")

    def _finish_calibration(self, mode: str) -> None:
        base = self._base()
        if not isinstance(base, CalibratedProduct) or mode not in ("", self.quantization_mode):
            raise ValueError(
                f"Layer '{self.name}' is not quantized by {mode.upper()}. Received: quantization mode"
                f" {self.quantization_mode}. Call `quantize({mode!r}, config=...)` first."
            )
        base.finish()
        self._forget("_kernel")
        Variable.trainable_changes += 1

    def _is_calibrated(self, mode: str) -> bool:
        base = self._base()
        return isinstance(base, CalibratedProduct) and base.is_calibrated and self.quantization_mode == mode

    @property
    def is_gptq_calibrated(self) -> bool:
        """Whether GPTQ chose the integers of the kernel, which the layer then computes with."""
        return self._is_calibrated("gptq")

    @is_gptq_calibrated.setter
    def is_gptq_calibrated(self, value: bool) -> None:
        if value:
            self._finish_calibration("gptq")

    @property
    def is_awq_calibrated(self) -> bool:
        """Whether AWQ chose the integers of the kernel, which the layer then computes with."""
        return self._is_calibrated("awq")

    @is_awq_calibrated.setter
    def is_awq_calibrated(self, value: bool) -> None:
        if value:
            self._finish_calibration("awq")

    def _file_values(self) -> Sequence[Variable | torch.Tensor]:
        base = self._base()
        if isinstance(base, CalibratedProduct) and not base.is_calibrated:
            kind = str(self.quantization_mode).upper()
            raise ValueError(
                f"Layer '{self.name}' is to be quantized by {kind} and is not calibrated yet. Files have no place for"
                f" its kernel in full precision. Calibrate it first: `model.quantize(config={kind}Config(...))`."
            )
        return super()._file_values()

    def _on_loaded(self) -> None:
        if isinstance(self._base(), CalibratedProduct):  # files hold what was chosen
            self._finish_calibration("")
        super()._on_loaded()

    def _bias_layout(self) -> Layout:
        return IDENTITY if self.bias is None else self.bias.layout

    def _replace_base(self, module: nn.Module) -> None:
        """Put another module in the place of the one with the weight; the bias moves to it."""
        if self.bias is not None:
            self.bias.attach(module, "bias")
        self._replace_module(module)

    def _add_adapter(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        module = getattr(self, self._module_name)
        if isinstance(module, Float8Product):
            module.base_layer = LowRankProduct(module.base_layer, self._contraction(), a, b, scaling)
        else:
            self._keep_torch_module(self._module_name, LowRankProduct(module, self._contraction(), a, b, scaling))
