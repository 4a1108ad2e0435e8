"""`DepthwiseConv1D`, `DepthwiseConv2D`: filters of its own for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.convolutional.base import WINDOW, Convolution, Sizes
from torchkeras_compat.layouts import Layout
from torchkeras_compat.variables import Variable


class DepthwiseLayout(Layout):
    """Keras's ``(*window, channels, multiplier)`` and torch's ``(channels * multiplier, 1, *window)``."""

    def __init__(self, channels: int, multiplier: int, rank: int) -> None:
        self.channels = channels
        self.multiplier = multiplier
        self.axes = (*range(2, rank + 2), 0, 1)
        self.inverse = (rank, rank + 1, *range(rank))

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        weight = tensors[0]
        return weight.reshape(self.channels, self.multiplier, *weight.shape[2:]).permute(self.axes)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        weight = value.permute(self.inverse)
        return (weight.reshape(self.channels * self.multiplier, 1, *weight.shape[2:]),)


class DepthwiseConv(Convolution):
    """Base of `DepthwiseConv1D` and `DepthwiseConv2D`; the arguments are described there."""

    _config_names = (
        "depth_multiplier",
        *WINDOW,
        "activation",
        "use_bias",
        "depthwise_initializer",
        "bias_initializer",
        "depthwise_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "depthwise_constraint",
        "bias_constraint",
    )

    _allows_causal = False

    conv: nn.Conv1d | nn.Conv2d
    kernel: Variable

    def __init__(
        self,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.depth_multiplier = check_multiplier(depth_multiplier)
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_bias(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._set_channels(input_shape)
        conv = self._make_convolution("conv", channels, channels * self.depth_multiplier, channels, self.use_bias)
        self.kernel = self._add_weight_view(
            "kernel",
            [(conv, "weight")],
            self.depthwise_initializer,
            DepthwiseLayout(channels, self.depth_multiplier, self.rank),
            self.depthwise_regularizer,
            self.depthwise_constraint,
        )
        if self.use_bias:
            self.bias = self._add_bias_view(conv)
        self.compute_output_shape(input_shape)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        x = self._from_channels_first(self.conv(self._padded(self._to_channels_first(inputs))))
        return x if self._activate is None else self._activate(x)

    def _output_channels(self, channels: int | None) -> int | None:
        return None if channels is None else channels * self.depth_multiplier


def check_multiplier(depth_multiplier: Any) -> int:
    """Return the number of filters for each channel.

    Raises:
        ValueError: it is not a positive int.
    """
    if isinstance(depth_multiplier, bool) or not isinstance(depth_multiplier, int) or depth_multiplier <= 0:
        raise ValueError(
            "Invalid value for argument `depth_multiplier`. Expected a strictly positive value. Received "
            f"depth_multiplier={depth_multiplier}."
        )
    return depth_multiplier


class DepthwiseConv1D(DepthwiseConv):
    """Convolution of each channel with ``depth_multiplier`` filters of its own, over one axis.

    Computes through ``self.conv``, a ``torch.nn.Conv1d`` with as many groups as channels.

    Args:
        kernel_size: Size of the window, an int or one int for each spatial axis.
        strides: Steps between windows, likewise.
        padding: ``"valid"``, or ``"same"`` for outputs of ``ceil(size / strides)``.
        depth_multiplier: Number of filters for each channel.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window; with strides of 1 only.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        use_bias: Whether to add a bias.
        depthwise_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        depthwise_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        depthwise_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, new_steps, channels * depth_multiplier)``, or channels first.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> DepthwiseConv1D(3, depth_multiplier=2)(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 8, 8])

    Source: Keras API, layers/DepthwiseConv1D.
    """

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """Convolution of each channel with ``depth_multiplier`` filters of its own, over height and width.

    Computes through ``self.conv``, a ``torch.nn.Conv2d`` with as many groups as channels. The arguments are those of
    `DepthwiseConv1D`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with ``channels * depth_multiplier`` channels.

    Raises:
        ValueError: an argument is none of those of `DepthwiseConv1D`, or the inputs do not fit.

    Example:
        >>> DepthwiseConv2D(3)(torch.zeros(2, 8, 8, 3)).shape
        torch.Size([2, 6, 6, 3])

    Source: Keras API, layers/DepthwiseConv2D.
    """

    rank = 2
