"""Kernels whose integers are chosen by data, with GPTQ or AWQ: kept as floats until then."""

from __future__ import annotations

import math

import torch
from torch import nn

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layouts import Layout
from torchkeras_compat.quantizers.grouped import dequantize_by_group
from torchkeras_compat.quantizers.int4_packing import pack_int4, unpack_int4


class CalibratedProduct(nn.Module):
    """The product with a kernel in low-bit form, plus a bias; with the kernel in full precision until it is calibrated.

    The kernel is a matrix of unsigned integers, ``(columns, rows)`` with the summed axes as rows, and is
    ``(values - zero) * scale / awq_scales``; four bits lie two in a byte.

    Args:
        contraction: Which axes are summed.
        weight: Parameter with the kernel in full precision.
        weight_layout: How it corresponds to Keras's kernel.
        bias_layout: How the bias corresponds to Keras's.
        weight_bits: Bits of an integer.
        group_size: Rows that share a scale and a zero point; None for all.
        scales_inputs: Whether rows were multiplied by ``awq_scales`` before they were rounded.
    """

    weight: nn.Parameter | None
    bias: nn.Parameter | None
    quantized_kernel: torch.Tensor
    kernel_scale: torch.Tensor
    kernel_zero: torch.Tensor
    g_idx: torch.Tensor
    awq_scales: torch.Tensor | None

    def __init__(
        self,
        contraction: Contraction,
        weight: nn.Parameter,
        weight_layout: Layout,
        bias_layout: Layout,
        weight_bits: int,
        group_size: int | None,
        scales_inputs: bool,
    ) -> None:
        super().__init__()
        self.contraction = contraction
        self.weight_layout, self.bias_layout = weight_layout, bias_layout
        self.weight_bits, self.group_size = weight_bits, group_size
        self.is_calibrated = False
        self.register_parameter("weight", weight)
        self.register_parameter("bias", None)
        shape = weight_layout.to_keras(weight.detach()).shape
        self.order = contraction.matrix_order
        self.sizes = [shape[i] for i in self.order]
        self.rows = math.prod(shape[i] for i in contraction.kernel_axes)
        self.columns = math.prod(shape) // self.rows
        groups = 1 if group_size is None else math.ceil(self.rows / group_size)
        packed = math.ceil(self.columns / 2) if weight_bits == 4 else self.columns
        byte = torch.uint8
        self.register_buffer("quantized_kernel", weight.new_zeros(packed, self.rows, dtype=byte))
        self.register_buffer("kernel_scale", weight.new_ones(self.columns, groups))
        self.register_buffer("kernel_zero", weight.new_zeros(self.columns, groups, dtype=byte))
        self.register_buffer("g_idx", weight.new_zeros(self.rows, dtype=torch.float32))
        self.register_buffer("awq_scales", weight.new_ones(self.rows) if scales_inputs else None)

    def calibrate(
        self,
        values: torch.Tensor,
        scale: torch.Tensor,
        zero: torch.Tensor,
        g_idx: torch.Tensor,
        awq_scales: torch.Tensor | None = None,
    ) -> None:
        """Take the integers that were chosen, and drop the kernel in full precision.

        Args:
            values: ``(columns, rows)``, unsigned.
            scale: ``(columns, groups)``.
            zero: ``(columns, groups)``, unsigned.
            g_idx: ``(rows,)``, the group of each row.
            awq_scales: ``(rows,)``.
        """
        values = values.to(torch.uint8)
        found = {
            "quantized_kernel": pack_int4(values, dtype="uint8")[0] if self.weight_bits == 4 else values,
            "kernel_scale": scale,
            "kernel_zero": zero,
            "g_idx": g_idx,
            "awq_scales": awq_scales,
        }
        for name, value in found.items():
            if value is not None:
                getattr(self, name).copy_(value)
        self.finish()

    def finish(self) -> None:
        """Compute with the integers from now on."""
        self.is_calibrated = True
        self.weight = None

    def integers(self) -> torch.Tensor:
        """Return the integers, ``(columns, rows)``."""
        if self.weight_bits != 4:
            return self.quantized_kernel
        unpacked: torch.Tensor = unpack_int4(self.quantized_kernel, self.columns, dtype="uint8")
        return unpacked

    def dequantize(self) -> torch.Tensor:
        """Return the kernel as floats, in Keras's layout."""
        kernel = dequantize_by_group(self.integers(), self.kernel_scale, self.kernel_zero, self.g_idx, 1)
        if self.awq_scales is not None:
            kernel = kernel / self.awq_scales
        inverse = sorted(range(len(self.order)), key=self.order.__getitem__)
        return kernel.t().reshape(self.sizes).permute(inverse)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the product."""
        kernel = self.dequantize() if self.weight is None else self.weight_layout.to_keras(self.weight)
        x = self.contraction.multiply(x, kernel.to(x.dtype))
        return x if self.bias is None else x + self.bias_layout.to_keras(self.bias).to(x.dtype)
