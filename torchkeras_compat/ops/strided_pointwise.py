"""Strided convolutions with windows of one element: where torch's kernel writes past its memory, and the way around.

oneDNN's weight gradient of such a convolution, as torch 2.13 has it, overruns a buffer on CPUs with AVX512 where a
float32 input in ``channels_last`` has fewer channels than a vector register holds: the process dies, now or later.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

FLOATS_IN_A_REGISTER = 16


def may_overrun(channels: int, window: Sequence[int], strides: Sequence[int], groups: int) -> bool:
    """Return whether the weight gradient of a convolution may be the one that writes past its memory.

    Args:
        channels: Number of input channels.
        window: Size of the kernel along each spatial axis.
        strides: Steps between windows along each spatial axis.
        groups: Number of groups of channels.
    """
    return (
        len(window) == 2 and max(window) == 1 and max(strides) > 1 and groups == 1 and channels < FLOATS_IN_A_REGISTER
    )


def seen_by_windows(x: torch.Tensor, strides: Sequence[int]) -> torch.Tensor:
    """Return the elements of ``(batch, channels, height, width)`` that windows of one element see, as a view."""
    return x[:, :, :: strides[0], :: strides[1]]


def records_on_cpu(x: torch.Tensor) -> bool:
    """Return whether a gradient may be computed on the CPU: the forward pass alone is right, and faster strided."""
    return x.device.type == "cpu" and torch.is_grad_enabled()
