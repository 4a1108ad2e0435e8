"""`Conv1DTranspose`, `Conv2DTranspose`, `Conv3DTranspose`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.convolutional.base import Convolution, Sizes, check_filters
from torchkeras_compat.ops.convolution import transposed_convolution
from torchkeras_compat.ops.padding import takes_output_padding, transpose_output_size, transpose_padding
from torchkeras_compat.variables import Variable

_MODULES: dict[int, type[nn.Module]] = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}


class ConvTranspose(Convolution):
    """Base of the transposed convolutions; the arguments are described at `Conv2DTranspose`."""

    _config_names = (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "output_padding",
        "data_format",
        "dilation_rate",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "bias_constraint",
    )

    _allows_causal = False

    conv: nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d
    kernel: Variable
    # What to cut off torch's full output and to add to it, for each axis; None where the torch module does it itself.
    _cuts_and_extras: list[tuple[int, int]] | None

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        output_padding: Sizes | None = None,
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = check_filters(filters)
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self.output_padding = self._checked_output_padding(output_padding)
        self._set_bias(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def _checked_output_padding(self, given: Sizes | None) -> tuple[int, ...] | None:
        if given is None:
            return None
        found = (given,) * self.rank if isinstance(given, int) else tuple(given)
        if len(found) != self.rank or any(not isinstance(p, int) or p < 0 for p in found):
            raise ValueError(
                f"`output_padding` must be an int that is not negative, or {self.rank} of them, or None. Received: "
                f"output_padding={given}"
            )
        if any(p >= s for p, s in zip(found, self.strides, strict=True)):
            raise ValueError(
                f"`output_padding` must be strictly less than `strides`. Received: strides={self.strides}, "
                f"output_padding={given}"
            )
        return found

    def _per_axis(self) -> list[tuple[int, int, str, int | None, int]]:
        extras = self.output_padding or (None,) * self.rank
        return [
            (k, s, self.padding, e, d)
            for k, s, e, d in zip(self.kernel_size, self.strides, extras, self.dilation_rate, strict=True)
        ]

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._set_channels(input_shape)
        fits = [transpose_padding(*axis) for axis in self._per_axis()]
        cuts, extras = zip(*fits, strict=True)
        torch_does_it = takes_output_padding(extras, self.strides, self.dilation_rate)
        state = self.__dict__
        state["_cuts_and_extras"] = None if torch_does_it else fits
        conv = self._make_torch_module(
            "conv",
            _MODULES[self.rank],
            channels,
            self.filters,
            self.kernel_size,
            stride=self.strides,
            padding=cuts if torch_does_it else 0,
            output_padding=extras if torch_does_it else 0,
            dilation=self.dilation_rate,
            bias=self.use_bias,
        )
        self.kernel = self._add_kernel_view(
            conv, "kernel", self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint
        )
        if self.use_bias:
            self.bias = self._add_bias_view(conv)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        x = self._to_channels_first(inputs)
        conv = self.conv
        if self._cuts_and_extras is None:
            x = conv(x)
        else:
            x = transposed_convolution(
                x, conv.weight, conv.bias, self.strides, self._cuts_and_extras, self.dilation_rate
            )
        x = self._from_channels_first(x)
        return x if self._activate is None else self._activate(x)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        axes = zip(self._spatial_part(input_shape), self._per_axis(), strict=True)
        spatial = tuple(transpose_output_size(size, *axis) for size, axis in axes)
        return self._shape_of(input_shape[0], spatial, self.filters)


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over one axis: the gradient of `Conv1D` with respect to its input, plus a bias.

    Computes through ``self.conv``, a ``torch.nn.ConvTranspose1d``. The arguments are those of `Conv2DTranspose`;
    by position, ``data_format`` comes before ``output_padding``, as in Keras.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, new_steps, filters)``, or channels first.

    Raises:
        ValueError: an argument is none of those of `Conv2DTranspose`, or the inputs do not fit.

    Example:
        >>> Conv1DTranspose(8, 3, strides=2, padding="same")(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 20, 8])

    Source: Keras API, layers/Conv1DTranspose.
    """

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over height and width: each input adds the kernel times its value to the output.

    Computes through ``self.conv``, a ``torch.nn.ConvTranspose2d``; ``kernel`` is its weight in Keras's layout
    ``(height, width, filters, channels)``.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the window, an int or one int for each spatial axis.
        strides: Steps between the windows in the output, likewise.
        padding: ``"valid"`` for the whole output, ``"same"`` for ``size * strides``.
        output_padding: Elements added to the smallest output of each axis, less than the strides; None to let
            ``padding`` decide.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window; with strides of 1 only.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with ``filters`` channels.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> Conv2DTranspose(8, 3, strides=2, padding="same")(torch.zeros(2, 7, 7, 4)).shape
        torch.Size([2, 14, 14, 8])

    Source: Keras API, layers/Conv2DTranspose.
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over three axes.

    Computes through ``self.conv``, a ``torch.nn.ConvTranspose3d``. The arguments are those of `Conv2DTranspose`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)``.
    Output shape:
        The same axes, with ``filters`` channels.

    Raises:
        ValueError: an argument is none of those of `Conv2DTranspose`, or the inputs do not fit.

    Example:
        >>> Conv3DTranspose(4, 2, strides=2)(torch.zeros(1, 3, 3, 3, 2)).shape
        torch.Size([1, 6, 6, 6, 4])

    Source: Keras API, layers/Conv3DTranspose.
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Sizes | None = None,
        dilation_rate: Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            output_padding=output_padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )
