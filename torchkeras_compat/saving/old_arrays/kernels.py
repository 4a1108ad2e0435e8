"""Kernels of convolutions as Keras 1 and Theano laid them out."""

from __future__ import annotations

import torch


def channels_behind(kernel: torch.Tensor, expected: tuple[int, ...], is_first: bool) -> torch.Tensor:
    """Return a kernel ``(..., channels, filters)``, also from Keras 1's ``(filters, channels, ...)``.

    Keras 1 kept the kernels of ``dim_ordering="th"`` so. Shapes decide, and where both fit the layer's own format.

    Args:
        kernel: As in the file.
        expected: Shape that the layer has.
        is_first: Whether the layer has ``data_format="channels_first"``.

    Example:
        >>> channels_behind(torch.zeros(8, 3, 5, 5), (5, 5, 3, 8), True).shape
        torch.Size([5, 5, 3, 8])
    """
    turned = kernel.permute(*range(2, kernel.ndim), 1, 0)
    fits, fits_turned = tuple(kernel.shape) == expected, tuple(turned.shape) == expected
    return turned if fits_turned and (is_first or not fits) else kernel


def filters_before_channels(kernel: torch.Tensor, expected: tuple[int, ...], is_first: bool) -> torch.Tensor:
    """Return a kernel ``(..., filters, channels)`` of a transposed convolution, which Keras 1 had as any other.

    Args:
        kernel: As in the file: ``(..., channels, filters)``, or ``(filters, channels, ...)``.
        expected: Shape that the layer has.
        is_first: Whether the layer has ``data_format="channels_first"``.
    """
    rank = kernel.ndim
    plain = (*expected[:-2], expected[-1], expected[-2])
    return channels_behind(kernel, plain, is_first).permute(*range(rank - 2), rank - 1, rank - 2)


def without_width(kernel: torch.Tensor, expected: tuple[int, ...]) -> torch.Tensor:
    """Return a kernel ``(steps, channels, filters)``, which Keras 1 had in two dimensions.

    Args:
        kernel: ``(steps, 1, channels, filters)``, or, before Keras 1.1, ``(filters, channels, steps, 1)``.
        expected: Shape that the layer has.
    """
    if kernel.ndim != 4:
        return kernel
    steps, channels, filters = expected
    if tuple(kernel.shape) != (steps, 1, channels, filters):
        kernel = kernel.permute(2, 3, 1, 0)
    return kernel[:, 0] if kernel.shape[1] == 1 else kernel


def flipped(kernel: torch.Tensor) -> torch.Tensor:
    """Return a kernel turned round on its spatial axes, all but the last two: Theano's convolution of today's.

    Theano computes the convolution of mathematics, TensorFlow and torch correlation.

    Example:
        >>> flipped(torch.tensor([1.0, 2.0, 3.0]).reshape(3, 1, 1)).flatten()
        tensor([3., 2., 1.])
    """
    return kernel.flip(tuple(range(kernel.ndim - 2)))
