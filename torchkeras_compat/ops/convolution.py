"""Convolutions of one to three spatial axes, on torch's kernels.

Kernels are in Keras's layout: spatial axes, then input channels, then output channels.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.ops.padding import (
    Sizes,
    check_padding,
    pad_spatial,
    per_axis,
    resize_end,
    same_paddings,
    symmetric,
    takes_output_padding,
    transpose_padding,
)
from torchkeras_compat.ops.strided_pointwise import may_overrun, records_on_cpu, seen_by_windows
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.symbolic.shapes import infer_outputs

_CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def _convolution_operation(kernel_channels_axis: int) -> Callable[[Callable], Any]:
    """Make an op whose symbolic input may have an unknown number of channels: that of the kernel is taken."""

    def decorate(function: Callable) -> Any:
        signature = inspect.signature(function)

        def output_spec(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            inputs, kernel = list(bound.arguments.values())[:2]
            if isinstance(inputs, KerasTensor) and len(inputs.shape) > 2:
                axis = 1 if standardize_data_format(bound.arguments["data_format"]) == "channels_first" else -1
                if inputs.shape[axis] is None:
                    shape = list(inputs.shape)
                    shape[axis] = kernel.shape[kernel_channels_axis]
                    bound.arguments["inputs"] = KerasTensor(shape, inputs.dtype)
            return infer_outputs(function, bound.args, bound.kwargs)

        return operation(function, output_spec=output_spec)

    return decorate


@_convolution_operation(-2)
def conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> torch.Tensor:
    """Convolve: ``output[..., o] = sum over window and i of inputs[..., i] * kernel[..., i, o]``.

    Args:
        inputs: ``(batch, *spatial, channels)``, or ``(batch, channels, *spatial)`` for channels first.
        kernel: ``(*window, channels / groups, filters)``; the number of groups follows from it.
        strides: Steps between windows, one int or one for each spatial axis.
        padding: ``"valid"``, or ``"same"`` for outputs of ``ceil(size / stride)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window, one int or one for each spatial axis.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values above.

    Example:
        >>> conv(torch.ones(1, 5, 5, 3), torch.ones(3, 3, 3, 8), strides=2, padding="same").shape
        torch.Size([1, 3, 3, 8])
    """
    x, kernel, restore = _channels_first(inputs, kernel, data_format)
    _check_channels(x.shape[1], kernel.shape[-2], "conv")
    axes = x.ndim - 2
    weight = kernel.permute(axes + 1, axes, *range(axes))
    return restore(_convolve(x, weight, strides, padding, dilation_rate, groups=x.shape[1] // kernel.shape[-2]))


@_convolution_operation(-2)
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> torch.Tensor:
    """Convolve each channel with filters of its own.

    Args:
        inputs: As in :func:`conv`.
        kernel: ``(*window, channels, multiplier)``; the output has ``channels * multiplier`` channels.
        strides: As in :func:`conv`.
        padding: As in :func:`conv`.
        data_format: As in :func:`conv`.
        dilation_rate: As in :func:`conv`.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values allowed.

    Example:
        >>> depthwise_conv(torch.ones(1, 5, 5, 3), torch.ones(3, 3, 3, 2)).shape
        torch.Size([1, 3, 3, 6])
    """
    x, kernel, restore = _channels_first(inputs, kernel, data_format)
    return restore(_depthwise(x, kernel, strides, padding, dilation_rate))


@_convolution_operation(-2)
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> torch.Tensor:
    """Convolve each channel with filters of its own, then mix the channels at each position.

    Args:
        inputs: As in :func:`conv`.
        depthwise_kernel: ``(*window, channels, multiplier)``.
        pointwise_kernel: ``(1, ..., 1, channels * multiplier, filters)``.
        strides: As in :func:`conv`.
        padding: As in :func:`conv`.
        data_format: As in :func:`conv`.
        dilation_rate: As in :func:`conv`.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values allowed.

    Example:
        >>> separable_conv(torch.ones(1, 5, 5, 3), torch.ones(3, 3, 3, 2), torch.ones(1, 1, 6, 4)).shape
        torch.Size([1, 3, 3, 4])
    """
    x, kernel, restore = _channels_first(inputs, depthwise_kernel, data_format)
    x = _depthwise(x, kernel, strides, padding, dilation_rate)
    x, pointwise = as_pair(x, pointwise_kernel)
    _check_channels(x.shape[1], pointwise.shape[-2], "separable_conv")
    axes = x.ndim - 2
    return restore(_CONVOLUTIONS[axes](x, pointwise.permute(axes + 1, axes, *range(axes))))


@_convolution_operation(-1)
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Any = None,
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> torch.Tensor:
    """Convolve backwards: each input element adds the kernel times its value to the output.

    Args:
        inputs: As in :func:`conv`.
        kernel: ``(*window, filters, channels)``: output channels come before input channels.
        strides: Steps between the windows in the output.
        padding: ``"valid"`` for the whole output, ``"same"`` for ``size * stride``.
        output_padding: Elements added to the smallest output of each axis; None to let ``padding`` decide.
        data_format: As in :func:`conv`.
        dilation_rate: As in :func:`conv`.

    Raises:
        ValueError: shapes do not fit together, or an argument is not one of the values allowed.

    Example:
        >>> conv_transpose(torch.ones(1, 4, 4, 3), torch.ones(3, 3, 8, 3), strides=2, padding="same").shape
        torch.Size([1, 8, 8, 8])
    """
    x, kernel, restore = _channels_first(inputs, kernel, data_format)
    if x.shape[1] != kernel.shape[-1]:
        _check_channels(x.shape[1], kernel.shape[-1], "conv_transpose", divides=False)
    axes = x.ndim - 2
    mode = check_padding(padding)
    strides, dilations = per_axis(strides, axes, "strides"), per_axis(dilation_rate, axes, "dilation_rate")
    extra_sizes = output_padding if isinstance(output_padding, (list, tuple)) else (output_padding,) * axes
    fits = [
        transpose_padding(k, s, mode, e, d) for k, s, e, d in zip(kernel.shape[:axes], strides, extra_sizes, dilations)
    ]
    weight = kernel.permute(axes + 1, axes, *range(axes))
    return restore(transposed_convolution(x, weight, None, strides, fits, dilations))


def transposed_convolution(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    strides: tuple[int, ...],
    fits: list[tuple[int, int]],
    dilations: tuple[int, ...],
) -> torch.Tensor:
    """Convolve backwards in torch's layout, with an output size that torch's arguments alone may not give.

    Args:
        x: ``(batch, channels, *spatial)``.
        weight: ``(channels, filters, *window)``.
        bias: ``(filters,)`` or None.
        strides: One for each spatial axis.
        fits: What :func:`~torchkeras_compat.ops.padding.transpose_padding` gives for each axis.
        dilations: One for each spatial axis.
    """
    cuts, extras = tuple(zip(*fits))
    function = _TRANSPOSED[len(strides)]
    if takes_output_padding(extras, strides, dilations):
        return function(x, weight, bias, strides, cuts, extras, 1, dilations)
    out = resize_end(function(x, weight, None, strides, cuts, 0, 1, dilations), extras)
    return out if bias is None else out + bias.reshape(-1, *(1,) * len(strides))


def _channels_first(
    inputs: Any, kernel: Any, data_format: str | None
) -> tuple[torch.Tensor, torch.Tensor, Callable[[torch.Tensor], torch.Tensor]]:
    """The inputs with channels second, the kernel in the same dtype, and the way back."""
    x, kernel = as_pair(inputs, kernel, minimum=float)
    if not 3 <= x.ndim <= 5 or kernel.ndim != x.ndim:
        raise ValueError(
            "A convolution needs inputs with one to three spatial axes beside batch and channels, and a kernel with as "
            f"many axes. Received: inputs.shape={tuple(x.shape)}, kernel.shape={tuple(kernel.shape)}"
        )
    if standardize_data_format(data_format) == "channels_first":
        return x, kernel, lambda y: y
    return x.movedim(-1, 1), kernel, lambda y: y.movedim(1, -1)


def _check_channels(channels: int, kernel_channels: int, function: str, divides: bool = True) -> None:
    if not divides or channels % kernel_channels:
        raise ValueError(
            "The number of input channels must match the"
            f" kernel{' or be a multiple of its channels' if divides else ''}. Received in `{function}`: inputs with"
            f" {channels} channels, a kernel for {kernel_channels}."
        )


def _depthwise(
    x: torch.Tensor, kernel: torch.Tensor, strides: Sizes, padding: str, dilation_rate: Sizes
) -> torch.Tensor:
    channels, axes = x.shape[1], x.ndim - 2
    if kernel.shape[-2] != channels:
        _check_channels(channels, kernel.shape[-2], "depthwise_conv", divides=False)
    weight = kernel.permute(axes, axes + 1, *range(axes)).reshape(-1, 1, *kernel.shape[:axes])
    return _convolve(x, weight, strides, padding, dilation_rate, groups=channels)


def _convolve(
    x: torch.Tensor, weight: torch.Tensor, strides: Sizes, padding: str, dilation_rate: Sizes, groups: int
) -> torch.Tensor:
    axes = x.ndim - 2
    strides, dilations = per_axis(strides, axes, "strides"), per_axis(dilation_rate, axes, "dilation_rate")
    if may_overrun(x.shape[1], weight.shape[2:], strides, groups) and records_on_cpu(x):
        x, strides = seen_by_windows(x, strides), (1, 1)
    amount: tuple[int, ...] | int = 0
    if check_padding(padding) == "same":
        pads = same_paddings(x.shape[2:], weight.shape[2:], strides, dilations)
        both = symmetric(pads)
        if both is None:
            x = pad_spatial(x, pads)
        else:
            amount = both
    return _CONVOLUTIONS[axes](x, weight, None, strides, amount, dilations, groups)
