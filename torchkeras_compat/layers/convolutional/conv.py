"""`Conv1D`, `Conv2D`, `Conv3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.convolutional.base import WINDOW, Convolution, Sizes, check_filters
from torchkeras_compat.layers.layer import adaptable
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.ops.convolution import conv as convolve

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.conv import ConvAdapter


class Conv(Convolution):
    """Base of `Conv1D`, `Conv2D` and `Conv3D`; the arguments are described there."""

    _config_names = (
        "filters",
        *WINDOW,
        "groups",
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

    conv: nn.Conv1d | nn.Conv2d | nn.Conv3d

    # What `enable_lora` and the arguments for it leave on a layer; a plain one has nothing of it.
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False
    enable_lora = adaptable.enable_lora
    kernel = adaptable.weight_property(
        "kernel", "The kernel: its variable; a tensor with what the low-rank adapter adds where there is one."
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if cls.convolution_op is not Conv.convolution_op and cls.call is Conv.call:
            cls.call = Conv._call_by_convolution_op  # type: ignore[method-assign]
        super().__init_subclass__(**kwargs)

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        adaptable.keep_arguments(self, lora_rank, lora_alpha)
        self.filters = check_filters(filters, groups)
        self.groups = groups
        self._set_windows(kernel_size, strides, padding, data_format, dilation_rate)
        self._set_bias(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Sequence[int | None]) -> None:
        channels = self._set_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                "The number of input channels must be evenly divisible by the number of groups. Received "
                f"groups={self.groups}, but the input has {channels} channels (full input shape is {input_shape})."
            )
        conv = self._make_convolution("conv", channels, self.filters, self.groups, self.use_bias)
        self._kernel = self._add_kernel_view(
            conv, "kernel", self.kernel_initializer, self.kernel_regularizer, self.kernel_constraint
        )
        if self.use_bias:
            self.bias = self._add_bias_view(conv)
        self.compute_output_shape(input_shape)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        x = inputs if self._is_channels_first else inputs.permute(self._channels_first_order)
        if self._pads is not None or self._pads_by_size is not None:
            x = self._padded(x)
        x = self.conv(x)
        if not self._is_channels_first:
            x = x.permute(self._channels_last_order)
        return x if self._activate is None else self._activate(x)

    def _call_by_convolution_op(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute a layer whose class defines the convolution: what ``call`` is there."""
        if self.padding == "causal":
            inputs = self._from_channels_first(self._padded(self._to_channels_first(inputs)))
        x = self.convolution_op(inputs, self.kernel)
        if self.bias is not None:
            shape = (1, -1, *[1] * self.rank) if self._is_channels_first else (-1,)
            x = x + self.bias.value.reshape(shape)
        return x if self._activate is None else self._activate(x)

    def convolution_op(self, inputs: Any, kernel: Any) -> torch.Tensor:
        """Return the convolution of inputs with a kernel, without bias and activation.

        A subclass that defines it computes through it: with a kernel that it changes first, for example.

        Args:
            inputs: As the layer takes them; those of causal padding are padded already.
            kernel: ``(*window, channels / groups, filters)``.

        Example:
            >>> class Normalized(Conv2D):
            ...     def convolution_op(self, inputs, kernel):
            ...         return super().convolution_op(inputs, kernel / kernel.value.norm())
            >>> Normalized(2, 3)(torch.zeros(1, 5, 5, 1)).shape
            torch.Size([1, 3, 3, 2])

        Source: Keras API, Conv2D.convolution_op.
        """
        padding = "valid" if self.padding == "causal" else self.padding
        result: torch.Tensor = convolve(inputs, kernel, self.strides, padding, self.data_format, self.dilation_rate)
        return result

    def _output_channels(self, channels: int | None) -> int | None:
        return self.filters

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **adaptable.kept_arguments(self)}


@adapter_of.register(Conv)
def _adapter(layer: Conv) -> ConvAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.conv import ConvAdapter

    return ConvAdapter(layer)


class Conv1D(Conv):
    """Convolution over one axis, time for example: ``activation(conv(inputs, kernel) + bias)``.

    Computes through ``self.conv``, a ``torch.nn.Conv1d``; ``kernel`` is its weight in Keras's layout
    ``(window, channels / groups, filters)``.

    Args:
        filters: Number of output channels, a positive int divisible by ``groups``.
        kernel_size: Size of the window, an int or a tuple of one int.
        strides: Steps between windows.
        padding: ``"valid"`` for none, ``"same"`` for outputs of ``ceil(steps / strides)``, ``"causal"`` for padding at
            the start only, so that no output sees later inputs.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window; with strides of 1 only.
        groups: Number of groups in which channels are convolved separately.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        lora_rank: Rank of the low-rank adapter that ``build`` adds; None for none. See ``enable_lora``.
        lora_alpha: The adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, new_steps, filters)``, or ``(batch, filters, new_steps)``.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> Conv1D(8, 3, padding="causal")(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 10, 8])

    Source: Keras API, layers/Conv1D.
    """

    rank = 1


class Conv2D(Conv):
    """Convolution over height and width: ``activation(conv(inputs, kernel) + bias)``.

    Computes through ``self.conv``, a ``torch.nn.Conv2d``; ``kernel`` is its weight in Keras's layout
    ``(height, width, channels / groups, filters)``. The arguments are those of `Conv1D`, sizes being an int or one int
    for each axis; there is no causal padding.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with ``filters`` channels.

    Raises:
        ValueError: an argument is none of those of `Conv1D`, or the inputs do not fit.

    Example:
        >>> Conv2D(8, 3, strides=2, padding="same")(torch.zeros(2, 28, 28, 1)).shape
        torch.Size([2, 14, 14, 8])

    Source: Keras API, layers/Conv2D.
    """

    rank = 2


class Conv3D(Conv):
    """Convolution over three axes: ``activation(conv(inputs, kernel) + bias)``.

    Computes through ``self.conv``, a ``torch.nn.Conv3d``. The arguments are those of `Conv2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)``.
    Output shape:
        The same axes, with ``filters`` channels.

    Raises:
        ValueError: an argument is none of those of `Conv1D`, or the inputs do not fit.

    Example:
        >>> Conv3D(4, 3)(torch.zeros(1, 8, 8, 8, 2)).shape
        torch.Size([1, 6, 6, 6, 4])

    Source: Keras API, layers/Conv3D.
    """

    rank = 3
