"""Convolutions with a kernel of its own at each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.image_layouts import checked_format, spatial_axes
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def local_conv(
    inputs: Any,
    kernel: Any,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    output_shape: Sequence[int],
    data_format: Any = None,
) -> torch.Tensor:
    """Return the convolution with unshared weights, over any number of axes.

    Args:
        inputs: Tensor of shape ``(batch, ..., channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(places, size of a window * channels, filters)``.
        kernel_size: Sizes of a window.
        strides: From one window to the next, along each axis.
        output_shape: Number of windows along each axis.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one. The weights of a window
            come in its order of axes.

    Returns:
        Tensor of the batch axis, ``output_shape`` and the filters, or as ``data_format`` says.

    Raises:
        ValueError: the layout is unknown, or the kernel does not fit.

    Example:
        >>> local_conv(torch.ones(1, 4, 1), torch.ones(3, 2, 5), (2,), (1,), (3,)).shape
        torch.Size([1, 3, 5])

    Source: tf.keras 2.15 API, backend.local_conv.
    """
    is_first = checked_format(data_format) == "channels_first"
    x, weights = tensor(inputs), tensor(kernel)
    number = len(kernel_size)
    windows = x
    axes = spatial_axes("channels_first" if is_first else "channels_last", number)
    for axis, size, stride, count in zip(axes, kernel_size, strides, output_shape, strict=True):
        windows = windows.unfold(axis, int(size), int(stride)).narrow(axis, 0, int(count))
    if is_first:
        windows = windows.movedim(1, number + 1)  # batch, places, channels, window
    else:
        windows = windows.movedim(number + 1, -1)  # batch, places, window, channels
    flat = windows.flatten(number + 1).flatten(1, number)
    if flat.shape[1:] != weights.shape[:2]:
        raise ValueError(
            f"A local convolution needs a kernel of shape {(*flat.shape[1:], 'filters')}. Received:"
            f" {tuple(weights.shape)}"
        )
    result = torch.einsum("bpf,pfc->bpc", flat, weights.to(flat.dtype))
    result = result.reshape(len(x), *map(int, output_shape), weights.shape[2])
    return result.movedim(-1, 1) if is_first else result


def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: Any = None) -> Any:
    """Return the convolution of sequences with unshared weights.

    Args:
        inputs: Tensor of shape ``(batch, steps, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(outputs, length * channels, filters)``.
        kernel_size: Length of a window, in a tuple.
        strides: Steps from one window to the next, in a tuple.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.

    Raises:
        ValueError: the layout is unknown, or the kernel does not fit.

    Example:
        >>> local_conv1d(torch.ones(1, 4, 1), torch.ones(3, 2, 5), (2,), (1,)).shape
        torch.Size([1, 3, 5])

    Source: Keras 2.3 API, backend.local_conv1d.
    """
    return local_conv(inputs, kernel, kernel_size, strides, (kernel.shape[0],), data_format)


def local_conv2d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any, data_format: Any = None
) -> Any:
    """Return the convolution of images with unshared weights.

    Args:
        inputs: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(rows * columns, window * channels, filters)``.
        kernel_size: Height and width of a window.
        strides: Pixels from one window to the next, along each axis.
        output_shape: Rows and columns of the result.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.

    Raises:
        ValueError: the layout is unknown, or the kernel does not fit.

    Example:
        >>> local_conv2d(torch.ones(1, 3, 3, 1), torch.ones(4, 4, 5), (2, 2), (1, 1), (2, 2)).shape
        torch.Size([1, 2, 2, 5])

    Source: Keras 2.3 API, backend.local_conv2d.
    """
    return local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format)
