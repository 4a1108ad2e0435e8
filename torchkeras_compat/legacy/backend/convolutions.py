"""Convolutions, with kernels in Keras's layout: spatial sizes, input channels, output channels."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat.legacy.backend.image_layouts import (
    checked_format,
    checked_padding,
    from_channels_first,
    to_channels_first,
)
from torchkeras_compat.legacy.backend.operands import known_sizes, recorded, sizes, tensor
from torchkeras_compat.ops.convolution import conv, depthwise_conv, separable_conv
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation, plain


def _convolved(x: Any, kernel: Any, strides: Any, padding: str, data_format: Any, dilation_rate: Any) -> torch.Tensor:
    images, weights = tensor(x), tensor(kernel)
    channels = images.shape[1 if checked_format(data_format) == "channels_first" else -1]
    groups, rest = divmod(channels, weights.shape[-2])
    if rest or weights.shape[-1] % groups:
        raise ValueError(
            f"Input of {channels} channels does not fit a kernel of shape {tuple(weights.shape)}, whose last axes are"
            f" the channels and filters. Received an input of shape {tuple(images.shape)}."
        )
    result: torch.Tensor = plain(conv)(
        images, weights.to(images.dtype), _plain(strides), padding, checked_format(data_format), _plain(dilation_rate)
    )
    return result


def _plain(numbers: Any) -> Any:
    return int(numbers) if isinstance(numbers, int) else tuple(int(n) for n in numbers)


def _one(number: Any) -> int:
    return int(number) if isinstance(number, int) else int(number[0])


@operation
def conv1d(
    x: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> torch.Tensor:
    """Return the convolution of sequences.

    Args:
        x: Tensor of shape ``(batch, steps, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(length, channels, filters)``.
        strides: Steps from one output to the next.
        padding: ``"valid"``, ``"same"`` or ``"causal"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: Steps from one tap of the kernel to the next.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> conv1d(torch.ones(1, 3, 1), torch.ones(2, 1, 1), padding="causal").flatten()
        tensor([1., 2., 2.])

    Source: Keras 2.3 API, backend.conv1d.
    """
    checked_padding(padding, "causal")
    data_format = checked_format(data_format)
    if padding == "causal":
        missing = _one(dilation_rate) * (tensor(kernel).shape[0] - 1)
        amounts = (missing, 0) if data_format == "channels_first" else (0, 0, missing, 0)
        x, padding = functional.pad(tensor(x), amounts), "valid"
    return _convolved(x, kernel, _one(strides), padding, data_format, _one(dilation_rate))


@operation
def conv2d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> torch.Tensor:
    """Return the convolution of images.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(height, width, channels, filters)``.
        strides: Pixels from one output to the next, along each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: Pixels from one tap of the kernel to the next, along each axis.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> conv2d(torch.ones(1, 3, 3, 1), torch.ones(2, 2, 1, 4)).shape
        torch.Size([1, 2, 2, 4])

    Source: Keras 2.3 API, backend.conv2d.
    """
    return _convolved(x, kernel, strides, checked_padding(padding), data_format, dilation_rate)


@operation
def conv3d(
    x: Any,
    kernel: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1, 1),
) -> torch.Tensor:
    """Return the convolution of volumes; see :func:`conv2d`.

    Args:
        x: Tensor of shape ``(batch, depth, height, width, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(depth, height, width, channels, filters)``.
        strides: As for images, of three numbers.
        padding: ``"valid"`` or ``"same"``.
        data_format: As for images.
        dilation_rate: As for images, of three numbers.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> conv3d(torch.ones(1, 2, 2, 2, 1), torch.ones(2, 2, 2, 1, 1)).flatten()
        tensor([8.])
    """
    return _convolved(x, kernel, strides, checked_padding(padding), data_format, dilation_rate)


def _of_shape(x: Any, kernel: Any, output_shape: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    return KerasTensor(known_sizes(output_shape), x.dtype)


def transposed(
    x: Any, kernel: Any, output_shape: Any, strides: Any, padding: str, data_format: Any, dilations: Any
) -> torch.Tensor:
    """Return the gradient of a convolution by its input, of which the sizes are given.

    Args:
        x: Tensor in ``data_format``.
        kernel: Tensor of the spatial sizes, the filters and the channels of ``x``.
        output_shape: Shape of the result; only its spatial sizes are used.
        strides: Those of the convolution.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        dilations: Those of the convolution.

    Raises:
        ValueError: padding or layout is unknown.

    Example:
        >>> x = torch.ones(1, 2, 1, 1)
        >>> transposed(x, torch.ones(2, 1, 1, 1), (1, 4, 2, 1), (2, 2), "same", "channels_last", (1, 1)).shape
        torch.Size([1, 4, 2, 1])
    """
    data_format, padding = checked_format(data_format), checked_padding(padding)
    images, weights = to_channels_first(tensor(x), data_format), tensor(kernel)
    number = weights.dim() - 2
    last = sizes(output_shape[2:] if data_format == "channels_first" else output_shape[1:-1])
    steps, gaps = (tuple(n) if not isinstance(n, int) else (n,) * number for n in (strides, dilations))
    weights = weights.permute(-1, -2, *range(number)).to(images.dtype)
    function: Any = {1: functional.conv_transpose1d, 2: functional.conv_transpose2d, 3: functional.conv_transpose3d}[
        number
    ]
    full = function(images, weights, stride=steps, dilation=gaps)
    for axis, wanted in enumerate(last):
        size = full.shape[axis + 2]
        before = max(size - wanted, 0) // 2 if padding == "same" else 0
        if before + wanted > size:
            amounts = [0, 0] * (number - axis - 1) + [0, before + wanted - size]
            full = functional.pad(full, amounts)
        full = full.narrow(axis + 2, before, wanted)
    return from_channels_first(full, data_format)


@recorded(_of_shape)
def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> torch.Tensor:
    """Return the transposed convolution of images: the gradient of :func:`conv2d` by its input.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(height, width, filters, channels)``.
        output_shape: Shape of the result, of which the batch size is not used.
        strides: Those of the convolution.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: That of the convolution.

    Raises:
        ValueError: padding or layout is unknown.

    Example:
        >>> conv2d_transpose(torch.ones(1, 2, 2, 3), torch.ones(3, 3, 5, 3), (1, 4, 4, 5), (2, 2), "same").shape
        torch.Size([1, 4, 4, 5])

    Source: Keras 2.3 API, backend.conv2d_transpose.
    """
    return transposed(x, kernel, output_shape, strides, padding, data_format, dilation_rate)


@recorded(_of_shape)
def conv3d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Any = (1, 1, 1),
    padding: str = "valid",
    data_format: Any = None,
) -> torch.Tensor:
    """Return the transposed convolution of volumes; see :func:`conv2d_transpose`.

    Args:
        x: Tensor of shape ``(batch, depth, height, width, channels)``, or as ``data_format`` says.
        kernel: Tensor of shape ``(depth, height, width, filters, channels)``.
        output_shape: Shape of the result.
        strides: Those of the convolution.
        padding: ``"valid"`` or ``"same"``.
        data_format: As for images.

    Raises:
        ValueError: padding or layout is unknown.

    Example:
        >>> conv3d_transpose(torch.ones(1, 1, 1, 1, 1), torch.ones(2, 2, 2, 1, 1), (1, 2, 2, 2, 1)).sum()
        tensor(8.)
    """
    return transposed(x, kernel, output_shape, strides, padding, data_format, 1)


@operation
def separable_conv1d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = 1,
) -> torch.Tensor:
    """Return the convolution of each channel of sequences, and of the results at each step.

    Args:
        x: Tensor of shape ``(batch, steps, channels)``, or as ``data_format`` says.
        depthwise_kernel: Tensor of shape ``(length, channels, multiplier)``.
        pointwise_kernel: Tensor of shape ``(1, channels * multiplier, filters)``.
        strides: Steps from one output to the next.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: Steps from one tap of the kernel to the next.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> separable_conv1d(torch.ones(1, 3, 2), torch.ones(2, 2, 1), torch.ones(1, 2, 4)).shape
        torch.Size([1, 2, 4])
    """
    return _separable(x, depthwise_kernel, pointwise_kernel, _one(strides), padding, data_format, _one(dilation_rate))


@operation
def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> torch.Tensor:
    """Return the convolution of each channel of images, and of the results at each pixel.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        depthwise_kernel: Tensor of shape ``(height, width, channels, multiplier)``.
        pointwise_kernel: Tensor of shape ``(1, 1, channels * multiplier, filters)``.
        strides: Pixels from one output to the next, along each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: Pixels from one tap of the kernel to the next, along each axis.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> separable_conv2d(torch.ones(1, 3, 3, 2), torch.ones(2, 2, 2, 1), torch.ones(1, 1, 2, 4)).shape
        torch.Size([1, 2, 2, 4])
    """
    return _separable(x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate)


def _separable(
    x: Any, depthwise: Any, pointwise: Any, strides: Any, padding: str, data_format: Any, dilations: Any
) -> torch.Tensor:
    result: torch.Tensor = plain(separable_conv)(
        tensor(x),
        tensor(depthwise),
        tensor(pointwise),
        _plain(strides),
        checked_padding(padding),
        checked_format(data_format),
        _plain(dilations),
    )
    return result


@operation
def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> torch.Tensor:
    """Return the convolution of each channel of images.

    Args:
        x: Tensor of shape ``(batch, height, width, channels)``, or as ``data_format`` says.
        depthwise_kernel: Tensor of shape ``(height, width, channels, multiplier)``.
        strides: Pixels from one output to the next, along each axis.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.
        dilation_rate: Pixels from one tap of the kernel to the next, along each axis.

    Raises:
        ValueError: padding or layout is unknown, or the channels differ.

    Example:
        >>> depthwise_conv2d(torch.ones(1, 3, 3, 2), torch.ones(2, 2, 2, 3)).shape
        torch.Size([1, 2, 2, 6])
    """
    result: torch.Tensor = plain(depthwise_conv)(
        tensor(x),
        tensor(depthwise_kernel),
        _plain(strides),
        checked_padding(padding),
        checked_format(data_format),
        _plain(dilation_rate),
    )
    return result


@operation
def bias_add(x: Any, bias: Any, data_format: Any = None) -> torch.Tensor:
    """Return ``x + bias`` along the channels.

    Args:
        x: Tensor of shape ``(batch, ..., channels)``, or as ``data_format`` says.
        bias: Tensor of shape ``(channels,)``, or of all axes but the batch, the channels last.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the configured one.

    Raises:
        ValueError: the layout is unknown, or the bias has another number of axes.

    Example:
        >>> bias_add(torch.zeros(1, 2, 3), torch.tensor([1.0, 2.0]), "channels_first")[0, :, 0]
        tensor([1., 2.])

    Source: Keras 2.3 API, backend.bias_add.
    """
    is_first = checked_format(data_format) == "channels_first"
    values, offset = tensor(x), tensor(bias)
    if offset.dim() not in (1, values.dim() - 1):
        raise ValueError(
            f"Unexpected bias dimensions {offset.dim()}, expect to be 1 or {values.dim() - 1} dimensions. Received"
            " shapes"
            f" {tuple(values.shape)} and {tuple(offset.shape)}."
        )
    if not is_first or values.dim() < 3:
        return values + offset
    # Keras reshapes an offset of several axes, and does not turn them.
    shape = (offset.shape[-1], *(offset.shape[:-1] or [1] * (values.dim() - 2)))
    return values + offset.reshape(shape)
