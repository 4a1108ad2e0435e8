"""Low-bit weights: integers with the scales, and zero points, that make floats of them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.quantizers.abs_max import AbsMaxQuantizer
from torchkeras_compat.quantizers.grouped import abs_max_quantize_grouped_with_zero_point, dequantize_by_group
from torchkeras_compat.quantizers.int4_packing import pack_int4, unpack_int4


class Int8Weight(nn.Module):
    """A weight as ``values / scale``.

    Args:
        weight: Floating point.
        axes: Axes that share a scale.
        quantizer: ``quantizer(weight, to_numpy=True)`` returns values and scale; None for that of Keras.

    Raises:
        ValueError: the quantizer returns a scale of another shape.
    """

    values: torch.Tensor
    scale: torch.Tensor
    zero = None

    def __init__(self, weight: torch.Tensor, axes: Sequence[int], quantizer: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.axes, self.quantizer = tuple(axes), quantizer or AbsMaxQuantizer(axis=tuple(axes))
        for name, tensor in self.quantize(weight).items():
            self.register_buffer(name, tensor)

    def quantize(self, weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the buffers of a weight."""
        values, scale = self.quantizer(weight.detach(), to_numpy=True)
        check_scale(scale, [1 if i in self.axes else n for i, n in enumerate(weight.shape)])
        return {"values": values, "scale": scale.to(weight)}

    def integers(self) -> torch.Tensor:
        """Return the integers as int8 in the weight's shape."""
        return self.values

    def kernel_scale(self) -> torch.Tensor:
        """Return the scale, size 1 at the axes that share one."""
        return self.scale

    def dequantize(self) -> torch.Tensor:
        """Return the weight, in the dtype of its scale."""
        return self.values / self.scale

    def look_up(self, indices: torch.Tensor) -> torch.Tensor:
        """Return rows of a weight that has a scale for each."""
        return self.values[indices] / self.scale[indices]


class Int4Weight(nn.Module):
    """A weight as a matrix of 4-bit integers, two neighbours in a byte.

    Without groups the integers along an axis share a scale: ``values / scale``. With groups, as many of them as their
    size share a scale and a zero point: ``(values - zero) * scale``.

    Args:
        weight: Floating point.
        rows: Axes of the weight that make the rows of the matrix; the others make its columns.
        summed_axis: Axis of the matrix along which scales are shared and groups run.
        packed_axis: Axis of the matrix along which integers share bytes.
        block_size: Size of a group; None for none.
        quantizer: ``quantizer(matrix, to_numpy=True)`` returns values and scale; None for that of Keras. Groups have
            their own.

    Raises:
        ValueError: the quantizer returns a scale of another shape.
    """

    values: torch.Tensor
    scale: torch.Tensor
    zero: torch.Tensor | None
    g_idx: torch.Tensor | None

    def __init__(
        self,
        weight: torch.Tensor,
        rows: Sequence[int],
        summed_axis: int,
        packed_axis: int,
        block_size: int | None,
        quantizer: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__()
        columns = [i for i in range(weight.ndim) if i not in rows]
        self.order = (*rows, *columns)
        self.rows, self.columns = [weight.shape[i] for i in rows], [weight.shape[i] for i in columns]
        self.matrix = math.prod(self.rows), math.prod(self.columns)
        self.summed_axis, self.packed_axis, self.block_size = summed_axis, packed_axis, block_size
        self.quantizer = quantizer or AbsMaxQuantizer(axis=summed_axis, value_range=(-8, 7))
        for name, tensor in self.quantize(weight).items():
            self.register_buffer(name, tensor)
        groups = None
        if block_size is not None:
            # A float, as in Keras's files.
            groups = (torch.arange(self.matrix[summed_axis], device=weight.device) // block_size).to(torch.float32)
        self.register_buffer("g_idx", groups)

    def quantize(self, weight: torch.Tensor) -> dict[str, torch.Tensor | None]:
        """Return the buffers of a weight."""
        matrix, zero = weight.detach().permute(self.order).reshape(self.matrix), None
        if self.block_size is None:
            values, scale = self.quantizer(matrix, to_numpy=True)
            check_scale(scale, [1 if i == self.summed_axis else n for i, n in enumerate(self.matrix)])
        else:
            turned = matrix.t() if self.summed_axis else matrix  # groups run along the rows
            found = abs_max_quantize_grouped_with_zero_point(turned, self.block_size, to_numpy=True)
            values, scale, zero = (x.t() if self.summed_axis else x for x in found)
        return {"values": pack_int4(values, axis=self.packed_axis)[0], "scale": scale.to(weight), "zero": zero}

    def _unpack(self, values: torch.Tensor, axis: int) -> torch.Tensor:
        unpacked: torch.Tensor = unpack_int4(values, self.matrix[self.packed_axis], axis=axis)
        return unpacked

    def _shaped(self, matrix: torch.Tensor) -> torch.Tensor:
        """Return a matrix, or one of size 1 at the summed axis, with the axes of the weight."""
        rows, columns = (
            [1] * len(sizes) if matrix.shape[i] == 1 else sizes for i, sizes in enumerate((self.rows, self.columns))
        )
        inverse = sorted(range(len(self.order)), key=self.order.__getitem__)
        return matrix.reshape(*rows, *columns).permute(inverse)

    def integers(self) -> torch.Tensor:
        """Return the integers as int8 in the weight's shape."""
        return self._shaped(self._unpack(self.values, self.packed_axis))

    def kernel_scale(self) -> torch.Tensor:
        """Return the scale of a weight without groups, size 1 at the axes that share one."""
        return self._shaped(self.scale)

    def dequantize(self) -> torch.Tensor:
        """Return the weight, in the dtype of its scale."""
        values = self._unpack(self.values, self.packed_axis)
        if self.zero is None or self.g_idx is None:
            return self._shaped(values / self.scale)
        return self._shaped(dequantize_by_group(values, self.scale, self.zero, self.g_idx, self.summed_axis))

    def look_up(self, indices: torch.Tensor) -> torch.Tensor:
        """Return rows of a table, whose integers are packed and scaled along the rows."""
        values, scale = self._unpack(self.values[indices], -1), self.scale[indices]
        if self.zero is None or self.g_idx is None:
            return values / scale
        return dequantize_by_group(values, scale, self.zero[indices], self.g_idx, -1)


StoredWeight = Int8Weight | Int4Weight


def check_scale(scale: torch.Tensor, wanted: Sequence[int]) -> None:
    """Refuse a scale that a quantizer made along other axes.

    Raises:
        ValueError: its shape differs.
    """
    if tuple(scale.shape) != tuple(wanted):
        raise ValueError(
            f"The weight quantizer must give a scale of shape {tuple(wanted)}. Received one of {tuple(scale.shape)}."
            " Give it the axes along which the layer sums."
        )
