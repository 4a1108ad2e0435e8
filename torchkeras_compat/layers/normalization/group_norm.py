"""`GroupNorm`: torch's, off the kernel that kills the process, and for groups of one value too."""

from __future__ import annotations

import torch
from torch import nn


class GroupNorm(nn.GroupNorm):
    """A ``torch.nn.GroupNorm`` whose backward pass is safe in every memory format, and that takes groups of one value.

    torch 2.13's backward kernel for ``channels_last`` memory on the CPU writes the gradient of the input even where
    nobody wants it, and so nowhere. Such inputs get one spatial axis, for which there is no such kernel.

    A group of one value is its own mean, so its output is the bias. torch refuses a batch that is nothing else, and
    rounds away from the bias in larger ones.

    Example:
        >>> GroupNorm(2, 2)(torch.tensor([[3.0, 4.0]])).tolist()
        [[0.0, 0.0]]
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Normalize ``(batch, channels, ...)``."""
        weight, bias = self.weight, self.bias
        if self.num_groups == self.num_channels and input.shape[2:].numel() == 1:
            rest = input - input
            return rest if weight is None else ((rest.flatten(1) * weight) + bias).view_as(input)
        shape = input.shape
        if not input.requires_grad and torch.is_grad_enabled() and weight is not None and len(shape) > 3:
            if input.device.type == "cpu" and (weight.requires_grad or bias.requires_grad):
                input = input.flatten(2)
        out = torch.group_norm(input, self.num_groups, weight, bias, self.eps, torch.backends.cudnn.enabled)
        return out.view(shape) if out.shape != shape else out
