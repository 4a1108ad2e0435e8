"""Pooling over windows: `MaxPooling1D` to `3D`, `AveragePooling1D` to `3D`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.ops.padding import check_padding, output_size, per_axis, pooling_padding
from torchkeras_compat.ops.pooling import average_pool_channels_first, max_pool_channels_first

Sizes = int | Sequence[int]
PoolingModule = nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d | nn.AvgPool1d | nn.AvgPool2d | nn.AvgPool3d


class Pooling(SpatialLayer):
    """Base of the layers that pool windows; the arguments are described at `MaxPooling2D`.

    The torch module pools by itself where padding is none, or the same on both sides; it is used for input sizes where
    that holds, and the rest goes through the function behind `ops.max_pool` or `ops.average_pool`.
    """

    _fixed = frozenset({"pool_size", "strides"})

    pool_mode: str  # "max" or "average"
    _module: type[nn.Module]
    _function: Callable[[torch.Tensor, tuple[int, ...], tuple[int, ...], str], torch.Tensor]

    pool: PoolingModule
    # What makes the torch module pool as padding="same" does, for each size of inputs; None where nothing does.
    _padding_by_size: dict[torch.Size, tuple[tuple[int, ...], bool] | None]

    def __init__(
        self,
        pool_size: Sizes = 2,
        strides: Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self._set_data_format(data_format)
        self.pool_size = per_axis(pool_size, self.rank, "pool_size")
        self.strides = self.pool_size if strides is None else per_axis(strides, self.rank, "strides")
        self.padding = check_padding(padding)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._keep_torch_module("pool", self._module(self.pool_size, self.strides))
        if isinstance(self.pool, (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)):
            self.pool.count_include_pad = False
        self.__dict__["_padding_by_size"] = {}  # the attribute hook would track it
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pool the windows."""
        x = inputs if self._is_channels_first else inputs.permute(self._channels_first_order)
        if not x.is_floating_point():
            x = x.to(self._compute_torch_dtype)
        if self.padding == "same" and not self._set_module_padding(x.shape[2:]):
            x = type(self)._function(x, self.pool_size, self.strides, self.padding)
        else:
            x = self.pool(x)
        return x if self._is_channels_first else x.permute(self._channels_last_order)

    def _set_module_padding(self, sizes: torch.Size) -> bool:
        """Set the torch module's padding for inputs of this size; return whether it can do it."""
        try:
            is_known = sizes in self._padding_by_size
        except TypeError:  # symbols of `torch.export`, for inputs of any size
            return False
        if not is_known:
            self._padding_by_size[sizes] = pooling_padding(sizes, self.pool_size, self.strides)
        fit = self._padding_by_size[sizes]
        if fit is None:
            return False
        pool: Any = self._modules["pool"]
        pool.padding, pool.ceil_mode = fit
        return True

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Raises:
            ValueError: the windows are larger than the inputs.
        """
        axes = zip(self._spatial_part(input_shape), self.pool_size, self.strides, strict=True)
        spatial = tuple(output_size(size, k, s, self.padding) for size, k, s in axes)
        if any(size is not None and size <= 0 for size in spatial):
            raise ValueError(
                f"Computed output size would be zero or negative. Received: `inputs.shape={tuple(input_shape)}` and "
                f"`pool_size={self.pool_size}`. Use smaller windows or padding='same'."
            )
        return self._shape_of(input_shape[0], spatial, input_shape[self._channel_axis])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


class MaxPooling1D(Pooling):
    """The largest value of each window, over one axis.

    Computes through ``self.pool``, a ``torch.nn.MaxPool1d``. The arguments are those of `MaxPooling2D`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        The same axes, fewer steps.

    Raises:
        ValueError: an argument is none of those of `MaxPooling2D`, or the inputs do not fit.

    Example:
        >>> MaxPooling1D()(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 5, 4])

    Source: Keras API, layers/MaxPooling1D.
    """

    rank = 1
    pool_mode = "max"
    _module = nn.MaxPool1d
    _function = staticmethod(max_pool_channels_first)


class MaxPooling2D(Pooling):
    """The largest value of each window, over height and width.

    Computes through ``self.pool``, a ``torch.nn.MaxPool2d``.

    Args:
        pool_size: Size of the window, an int or one int for each spatial axis.
        strides: Steps between windows, likewise; None for ``pool_size``.
        padding: ``"valid"``, or ``"same"`` for outputs of ``ceil(size / strides)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        name: Name of the layer.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with smaller height and width.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> MaxPooling2D(3, 2, padding="same")(torch.zeros(2, 9, 9, 4)).shape
        torch.Size([2, 5, 5, 4])

    Source: Keras API, layers/MaxPooling2D.
    """

    rank = 2
    pool_mode = "max"
    _module = nn.MaxPool2d
    _function = staticmethod(max_pool_channels_first)


class MaxPooling3D(Pooling):
    """The largest value of each window, over three axes.

    Computes through ``self.pool``, a ``torch.nn.MaxPool3d``. The arguments are those of `MaxPooling2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)``.
    Output shape:
        The same axes, smaller.

    Raises:
        ValueError: an argument is none of those of `MaxPooling2D`, or the inputs do not fit.

    Example:
        >>> MaxPooling3D()(torch.zeros(1, 4, 4, 4, 2)).shape
        torch.Size([1, 2, 2, 2, 2])

    Source: Keras API, layers/MaxPooling3D.
    """

    rank = 3
    pool_mode = "max"
    _module = nn.MaxPool3d
    _function = staticmethod(max_pool_channels_first)


class AveragePooling1D(Pooling):
    """The mean of each window, over one axis; what ``padding="same"`` adds is not counted.

    Computes through ``self.pool``, a ``torch.nn.AvgPool1d``. The arguments are those of `MaxPooling2D`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        The same axes, fewer steps.

    Raises:
        ValueError: an argument is none of those of `MaxPooling2D`, or the inputs do not fit.

    Example:
        >>> AveragePooling1D(2)(torch.tensor([[[1.0], [3.0], [5.0], [5.0]]])).flatten()
        tensor([2., 5.])

    Source: Keras API, layers/AveragePooling1D.
    """

    rank = 1
    pool_mode = "average"
    _module = nn.AvgPool1d
    _function = staticmethod(average_pool_channels_first)


class AveragePooling2D(Pooling):
    """The mean of each window, over height and width; what ``padding="same"`` adds is not counted.

    Computes through ``self.pool``, a ``torch.nn.AvgPool2d``. The arguments are those of `MaxPooling2D`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with smaller height and width.

    Raises:
        ValueError: an argument is none of those of `MaxPooling2D`, or the inputs do not fit.

    Example:
        >>> AveragePooling2D()(torch.ones(1, 4, 4, 1)).flatten()
        tensor([1., 1., 1., 1.])

    Source: Keras API, layers/AveragePooling2D.
    """

    rank = 2
    pool_mode = "average"
    _module = nn.AvgPool2d
    _function = staticmethod(average_pool_channels_first)


class AveragePooling3D(Pooling):
    """The mean of each window, over three axes; what ``padding="same"`` adds is not counted.

    Computes through ``self.pool``, a ``torch.nn.AvgPool3d``. The arguments are those of `MaxPooling2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)``.
    Output shape:
        The same axes, smaller.

    Raises:
        ValueError: an argument is none of those of `MaxPooling2D`, or the inputs do not fit.

    Example:
        >>> AveragePooling3D()(torch.zeros(1, 4, 4, 4, 2)).shape
        torch.Size([1, 2, 2, 2, 2])

    Source: Keras API, layers/AveragePooling3D.
    """

    rank = 3
    pool_mode = "average"
    _module = nn.AvgPool3d
    _function = staticmethod(average_pool_channels_first)
