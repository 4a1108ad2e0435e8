"""`LocallyConnected1D` and `LocallyConnected2D`: convolutions whose kernel differs from place to place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

from torchkeras_compat import activations, constraints, initializers, regularizers
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.layers.convolutional.base import check_filters
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.ops.padding import check_padding, output_size, per_axis
from torchkeras_compat.variables import Variable

Sizes = int | Sequence[int]
_CONFIG = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "activation",
    "use_bias",
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "implementation",
)


class LocallyConnected(Activated, SpatialLayer):
    """Base of the locally connected layers; the arguments are described there.

    All windows are products of one batch of matrices: ``(places, batch, window)`` by ``(places, window, filters)``.
    """

    _takes_integers = False

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        implementation: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._set_data_format(data_format)
        self.filters = check_filters(filters)
        self.kernel_size = per_axis(kernel_size, self.rank, "kernel_size")
        self.strides = per_axis(strides, self.rank, "strides")
        self.padding = check_padding(padding)
        if implementation not in (1, 2, 3):
            raise ValueError(f"`implementation` is 1, 2 or 3. Received: implementation={implementation!r}")
        if self.padding == "same" and implementation == 1:
            raise ValueError(
                f"{type(self).__name__} with implementation=1 takes padding='valid' only. Received:"
                f" padding={padding!r}. Use implementation=2 or 3."
            )
        self.implementation = implementation
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.bias = None

    def _places(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the number of windows along each spatial axis."""
        sizes = self._spatial_part(input_shape)
        return tuple(
            output_size(n, k, s, self.padding) for n, k, s in zip(sizes, self.kernel_size, self.strides, strict=True)
        )

    def _paddings(self, sizes: Sequence[int]) -> list[tuple[int, int]]:
        """Return what ``padding="same"`` adds on both sides of each axis: window ``i`` is around input ``i * stride``.

        Convolutions share the padding among both sides instead.
        """
        found = []
        for n, k, s in zip(sizes, self.kernel_size, self.strides, strict=True):
            last = (-(-n // s) - 1) * s - k // 2 + k
            found.append((k // 2, max(0, last - n)))
        return found

    def build(self, input_shape: Sequence[int | None]) -> None:
        places, channels = self._places(input_shape), input_shape[self._channel_axis]
        if channels is None or any(n is None for n in places):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' has a kernel for each place, so every size of its input but the"
                f" batch must be known. Received shape {tuple(input_shape)}."
            )
        sizes: list[int] = [n for n in places if n is not None]
        if min(sizes) <= 0:
            raise ValueError(
                f"The windows of {type(self).__name__} '{self.name}' are larger than its input. Received shape"
                f" {tuple(input_shape)}, kernel_size={self.kernel_size}. Use smaller windows."
            )
        self.kernel = self.add_weight(
            shape=(math.prod(sizes), math.prod(self.kernel_size) * channels, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(*sizes, self.filters),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        axes = {i: n for i, n in enumerate(input_shape) if i}
        self.input_spec = InputSpec(ndim=self.rank + 2, axes=axes)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        x = inputs if self._is_channels_first else self._to_channels_first(inputs)
        if self.padding == "same":
            x = F.pad(x, [amount for pad in reversed(self._paddings(x.shape[2:])) for amount in pad])
        for axis, (size, stride) in enumerate(zip(self.kernel_size, self.strides, strict=True), 2):
            x = x.unfold(axis, size, stride)  # (batch, channels, *places, *window)
        rank, places = self.rank, x.shape[2 : 2 + self.rank]
        window = range(2 + rank, 2 + 2 * rank)
        # A row of the kernel is a place in the window and a channel, in the order of the inputs.
        order = (1, *window) if self._is_channels_first else (*window, 1)
        x = x.permute(*range(2, 2 + rank), 0, *order).reshape(math.prod(places), x.shape[0], -1)
        y = torch.bmm(x, self.kernel.value)
        y = y.reshape(*places, *y.shape[1:]).permute(rank, *range(rank), rank + 1)
        if self._is_channels_first:
            y = y.movedim(-1, 1)
        if self.bias is not None:  # whose numbers Keras reads in the order of the output, whatever its shape says
            bias = self.bias.value
            y = y + (bias.reshape(self.filters, *places) if self._is_channels_first else bias)
        return y if self._activate is None else self._activate(y)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return self._shape_of(input_shape[0], self._places(input_shape), self.filters)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **config_items(self, _CONFIG)}


class LocallyConnected1D(LocallyConnected):
    """A convolution over steps with a kernel for each place: ``activation(window @ kernel[place] + bias[place])``.

    Args:
        filters: Number of outputs at each place.
        kernel_size: Length of the window.
        strides: Steps from one window to the next.
        padding: ``"valid"``, or ``"same"`` with ``implementation`` 2 or 3.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for the global one.
        activation: Name or callable; None for the identity.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel, ``(places, kernel_size * channels, filters)``.
        bias_initializer: Initializer of the bias, ``(places, filters)``.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias.
        implementation: 1, 2 or 3: in Keras 2, ways to compute the same. Here the kernel has the form of 1 in each.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``; steps and channels must be known.
    Output shape:
        ``(batch, places, filters)``.

    Raises:
        ValueError: an argument is not valid, or a size of the input is unknown.

    Example:
        >>> LocallyConnected1D(3, 2)(torch.ones(1, 5, 4)).shape
        torch.Size([1, 4, 3])

    Source: Keras 2.3 API, layers/LocallyConnected1D.
    """

    rank = 1


class LocallyConnected2D(LocallyConnected):
    """A convolution over images with a kernel for each place: ``activation(window @ kernel[place] + bias[place])``.

    The arguments are those of `LocallyConnected1D`; sizes are an int or two. The kernel is ``(places, window *
    channels, filters)``, with the places row by row, and the bias ``(rows, columns, filters)``.

    Input shape:
        ``(batch, height, width, channels)``; all but the batch must be known.
    Output shape:
        ``(batch, rows, columns, filters)``.

    Raises:
        ValueError: an argument is not valid, or a size of the input is unknown.

    Example:
        >>> LocallyConnected2D(3, (2, 2))(torch.ones(1, 5, 4, 2)).shape
        torch.Size([1, 4, 3, 3])

    Source: Keras 2.3 API, layers/LocallyConnected2D.
    """

    rank = 2
