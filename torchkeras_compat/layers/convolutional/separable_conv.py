"""`SeparableConv1D`, `SeparableConv2D`: a depthwise convolution, then a mix of the channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.convolutional.base import MODULES, WINDOW, Convolution, Sizes, check_filters
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseLayout, check_multiplier
from torchkeras_compat.variables import Variable


class SeparableConv(Convolution):
    """Base of `SeparableConv1D` and `SeparableConv2D`; the arguments are described there."""

    _config_names = (
        "depth_multiplier",
        "filters",
        *WINDOW,
        "activation",
        "use_bias",
        "depthwise_initializer",
        "pointwise_initializer",
        "bias_initializer",
        "depthwise_regularizer",
        "pointwise_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "depthwise_constraint",
        "pointwise_constraint",
        "bias_constraint",
    )

    depthwise: nn.Conv1d | nn.Conv2d
    pointwise: nn.Conv1d | nn.Conv2d
    depthwise_kernel: Variable
    pointwise_kernel: Variable

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = check_filters(filters)
        self.depth_multiplier = check_multiplier(depth_multiplier)
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_bias(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._set_channels(input_shape)
        wide = channels * self.depth_multiplier
        depthwise = self._make_convolution("depthwise", channels, wide, channels, False)
        pointwise = self._make_torch_module("pointwise", MODULES[self.rank], wide, self.filters, 1, bias=self.use_bias)
        self.depthwise_kernel = self._add_weight_view(
            "depthwise_kernel",
            [(depthwise, "weight")],
            self.depthwise_initializer,
            DepthwiseLayout(channels, self.depth_multiplier, self.rank),
            self.depthwise_regularizer,
            self.depthwise_constraint,
        )
        self.pointwise_kernel = self._add_kernel_view(
            pointwise,
            "pointwise_kernel",
            self.pointwise_initializer,
            self.pointwise_regularizer,
            self.pointwise_constraint,
        )
        if self.use_bias:
            self.bias = self._add_bias_view(pointwise)
        self.compute_output_shape(input_shape)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        x: torch.Tensor = self.depthwise(self._padded(self._to_channels_first(inputs)))
        x = self._from_channels_first(self.pointwise(x))
        return x if self._activate is None else self._activate(x)

    def _output_channels(self, channels: int | None) -> int | None:
        return self.filters


class SeparableConv1D(SeparableConv):
    """Depthwise convolution over one axis, then a mix of the channels at each position, then bias and activation.

    Computes through ``self.depthwise`` and ``self.pointwise``, both ``torch.nn.Conv1d``.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the window, an int or one int for each spatial axis.
        strides: Steps between windows, likewise.
        padding: ``"valid"``, ``"same"``, and for one axis ``"causal"``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window; with strides of 1 only.
        depth_multiplier: Number of filters for each channel in the depthwise part.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        use_bias: Whether to add a bias.
        depthwise_initializer: Initializer of the depthwise kernel.
        pointwise_initializer: Initializer of the pointwise kernel.
        bias_initializer: Initializer of the bias.
        depthwise_regularizer: Penalty of the depthwise kernel, added to the loss.
        pointwise_regularizer: Penalty of the pointwise kernel.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        depthwise_constraint: Applied to the depthwise kernel after each update.
        pointwise_constraint: Applied to the pointwise kernel after each update.
        bias_constraint: Applied to the bias after each update.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, new_steps, filters)``, or channels first.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> SeparableConv1D(8, 3)(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 8, 8])

    Source: Keras API, layers/SeparableConv1D.
    """

    rank = 1


class SeparableConv2D(SeparableConv):
    """Depthwise convolution over height and width, then a mix of the channels, then bias and activation.

    Computes through ``self.depthwise`` and ``self.pointwise``, both ``torch.nn.Conv2d``. The arguments are those of
    `SeparableConv1D`; there is no causal padding.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with ``filters`` channels.

    Raises:
        ValueError: an argument is none of those of `SeparableConv1D`, or the inputs do not fit.

    Example:
        >>> SeparableConv2D(8, 3)(torch.zeros(2, 8, 8, 3)).shape
        torch.Size([2, 6, 6, 8])

    Source: Keras API, layers/SeparableConv2D. Chollet 2017, "Xception".
    """

    rank = 2
