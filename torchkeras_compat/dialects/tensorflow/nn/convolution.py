"""Convolutions of `tf.nn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.nn.layouts import is_channels_first, padded, pads, spatial
from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops import convolution as core
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor

_TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
Function = Callable[..., torch.Tensor]


def _convolve(
    function: Function,
    kernels: tuple[Any, ...],
    x: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    dilations: Any,
) -> torch.Tensor:
    x = as_tensor(x)
    kernels = tuple(as_tensor(k) for k in kernels)
    axes = kernels[0].ndim - 2
    outer = x.ndim - axes - 2  # TensorFlow allows more axes of batches
    batch = x.shape[: outer + 1]
    if outer > 0:
        x = x.reshape(-1, *x.shape[outer + 1 :])
    first = is_channels_first(data_format)
    x = x if first else x.movedim(-1, 1)
    extra = pads(padding, data_format)
    out = function(
        x if extra is None else padded(x, extra),
        *kernels,
        strides=spatial(strides, axes, data_format, "strides"),
        padding=padding.lower() if extra is None else "valid",
        data_format="channels_first",
        dilation_rate=spatial(dilations, axes, data_format, "dilations"),
    )
    out = out if first else out.movedim(1, -1)
    return out.reshape(*batch, *out.shape[1:]) if outer > 0 else out


@tensor_function
def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: Any,
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve ``(batch, steps, channels)`` with filters ``(window, channels / groups, filters)``.

    Args:
        input: Tensor.
        filters: Kernel.
        stride: Step between windows.
        padding: ``"SAME"`` or ``"VALID"``.
        data_format: ``"NWC"`` or ``"NCW"``.
        dilations: Step between the elements of a window.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values above.
    """
    return _convolve(core.conv, (filters,), input, stride, padding, data_format, dilations)


@tensor_function
def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve ``(batch, height, width, channels)`` with filters ``(height, width, channels / groups, filters)``.

    Args:
        input: Tensor.
        filters: Kernel.
        strides: Steps between windows: an int, two, or four of all axes.
        padding: ``"SAME"``, ``"VALID"``, or pairs of what is added to each axis.
        data_format: ``"NHWC"`` or ``"NCHW"``.
        dilations: Steps between the elements of a window.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values above.

    Example:
        >>> conv2d(torch.ones(1, 4, 4, 1), torch.ones(2, 2, 1, 3), [1, 2, 2, 1], "SAME").shape
        TensorShape([1, 2, 2, 3])
    """
    return _convolve(core.conv, (filters,), input, strides, padding, data_format, dilations)


@tensor_function
def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve ``(batch, depth, height, width, channels)``; arguments as of :func:`conv2d`."""
    return _convolve(core.conv, (filters,), input, strides, padding, data_format, dilations)


@tensor_function
def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve over as many axes as the filters have; arguments as of :func:`conv2d`."""
    return _convolve(core.conv, (filters,), input, strides, padding, data_format, dilations)


@tensor_function
def atrous_conv2d(value: Any, filters: Any, rate: int, padding: Any, name: str | None = None) -> Any:
    """Convolve with filters whose elements lie ``rate`` apart; arguments as of :func:`conv2d`."""
    return _convolve(core.conv, (filters,), value, 1, padding, "NHWC", rate)


@tensor_function
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve each channel with its own filters ``(height, width, channels, multiplier)``.

    Arguments as of :func:`conv2d`.
    """
    return _convolve(core.depthwise_conv, (filter,), input, strides, padding, data_format, dilations)


@tensor_function
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve each channel with its own filters, then mix the channels by ``(1, 1, channels, filters)``.

    Arguments as of :func:`conv2d`.
    """
    kernels = (depthwise_filter, pointwise_filter)
    return _convolve(core.separable_conv, kernels, input, strides, padding, data_format, dilations)


def _transpose(
    x: Any, filters: Any, output_shape: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any
) -> torch.Tensor:
    """Convolve backwards: the gradient of a convolution, whose input has ``output_shape``, by its input."""
    x, kernel = as_tensor(x), as_tensor(filters)
    axes = kernel.ndim - 2
    steps = spatial(strides, axes, data_format, "strides")
    spread = spatial(dilations, axes, data_format, "dilations")
    first = is_channels_first(data_format)
    whole = [int(size) for size in output_shape]
    sizes = whole if len(whole) == axes else whole[2:] if first else whole[1:-1]
    x = x if first else x.movedim(-1, 1)
    weight = kernel.permute(axes + 1, axes, *range(axes))
    full = _TRANSPOSED[axes](x, weight, None, steps, 0, 0, 1, spread)
    extra = pads(padding, data_format)
    for i, size in enumerate(sizes):
        window = spread[i] * (kernel.shape[i] - 1) + 1
        if extra is not None:
            before = extra[i][0]
        elif padding.upper() == "SAME":
            before = max((x.shape[2 + i] - 1) * steps[i] + window - size, 0) // 2
        else:
            before = 0
        full = full.narrow(2 + i, before, min(size, full.shape[2 + i] - before))
        if full.shape[2 + i] < size:
            ends = [(0, 0)] * axes
            ends[i] = (0, size - full.shape[2 + i])
            full = padded(full, ends)
    return full if first else full.movedim(1, -1)


@tensor_function
def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve backwards; arguments as of :func:`conv2d_transpose`."""
    return _transpose(input, filters, output_shape, strides, padding, data_format, dilations)


@tensor_function
def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve backwards with filters ``(height, width, filters, channels)``.

    Args:
        input: ``(batch, height, width, channels)``.
        filters: Kernel; output channels come before input channels.
        output_shape: Shape of the result, or of its spatial axes.
        strides: Steps between windows in the result.
        padding: ``"SAME"``, ``"VALID"``, or pairs of what the convolution adds to each axis.
        data_format: ``"NHWC"`` or ``"NCHW"``.
        dilations: Steps between the elements of a window.
        name: Kept for TensorFlow's signature.

    Example:
        >>> conv2d_transpose(torch.ones(1, 2, 2, 1), torch.ones(3, 3, 4, 1), [1, 4, 4, 4], 2).shape
        TensorShape([1, 4, 4, 4])
    """
    return _transpose(input, filters, output_shape, strides, padding, data_format, dilations)


@tensor_function
def conv3d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve backwards; arguments as of :func:`conv2d_transpose`."""
    return _transpose(input, filters, output_shape, strides, padding, data_format, dilations)


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve backwards over as many axes as the filters have; arguments as of :func:`conv2d_transpose`."""
    return _any_transpose(input, filters, output_shape, strides, padding, data_format, dilations)


_any_transpose = tensor_function(_transpose)
