"""`SlicedConv2d`: a ``torch.nn.Conv2d`` that keeps off the kernel which writes past its memory."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat.ops.strided_pointwise import records_on_cpu, seen_by_windows


class SlicedConv2d(nn.Conv2d):
    """A convolution with strides and windows of one element, without padding.

    While gradients are recorded on the CPU it leaves out what the windows do not see, and then convolves without
    strides: the same numbers, by another kernel.

    Example:
        >>> SlicedConv2d(8, 4, 1, stride=2)(torch.zeros(1, 8, 5, 6)).shape
        torch.Size([1, 4, 3, 3])
    """

    def _conv_forward(self, input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """Convolve ``(batch, channels, height, width)`` with a weight."""
        if records_on_cpu(input):
            return F.conv2d(seen_by_windows(input, self.stride), weight, bias)
        convolved: torch.Tensor = super()._conv_forward(input, weight, bias)
        return convolved
