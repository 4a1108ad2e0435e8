"""Pooling to a given size: `AdaptiveMaxPooling1D` to `3D`, `AdaptiveAveragePooling1D` to `3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.ops.padding import per_axis


class AdaptivePooling(SpatialLayer):
    """Base of the layers that pool to a given size; the arguments are described at `AdaptiveMaxPooling2D`."""

    _takes_integers = False
    _module: type[nn.Module]

    pool: nn.Module

    def __init__(self, output_size: int | Sequence[int], data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        self.output_size = per_axis(output_size, self.rank, "output_size")
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._keep_torch_module("pool", self._module(self.output_size))

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pool the inputs."""
        return self._from_channels_first(self.pool(self._to_channels_first(inputs)))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return self._shape_of(input_shape[0], self.output_size, input_shape[self._channel_axis])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


class AdaptiveMaxPooling1D(AdaptivePooling):
    """The largest value of each of ``output_size`` windows, over one axis.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveMaxPool1d``. The arguments are those of `AdaptiveMaxPooling2D`.

    Example:
        >>> AdaptiveMaxPooling1D(3)(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 3, 4])

    Source: Keras API, layers/AdaptiveMaxPooling1D.
    """

    rank = 1
    _module = nn.AdaptiveMaxPool1d


class AdaptiveMaxPooling2D(AdaptivePooling):
    """The largest value of each window, the windows chosen so that the output has a given height and width.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveMaxPool2d``.

    Args:
        output_size: Size of the output, an int or one int for each spatial axis.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, with height and width of ``output_size``.

    Raises:
        ValueError: ``output_size`` is not positive, or the inputs have not four axes.

    Example:
        >>> AdaptiveMaxPooling2D(3)(torch.zeros(2, 10, 10, 4)).shape
        torch.Size([2, 3, 3, 4])

    Source: Keras API, layers/AdaptiveMaxPooling2D.
    """

    rank = 2
    _module = nn.AdaptiveMaxPool2d


class AdaptiveMaxPooling3D(AdaptivePooling):
    """The largest value of each window, over three axes.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveMaxPool3d``. The arguments are those of `AdaptiveMaxPooling2D`.

    Example:
        >>> AdaptiveMaxPooling3D(2)(torch.zeros(1, 5, 5, 5, 4)).shape
        torch.Size([1, 2, 2, 2, 4])

    Source: Keras API, layers/AdaptiveMaxPooling3D.
    """

    rank = 3
    _module = nn.AdaptiveMaxPool3d


class AdaptiveAveragePooling1D(AdaptivePooling):
    """The mean of each of ``output_size`` windows, over one axis.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveAvgPool1d``. The arguments are those of `AdaptiveMaxPooling2D`.

    Example:
        >>> AdaptiveAveragePooling1D(3)(torch.zeros(2, 10, 4)).shape
        torch.Size([2, 3, 4])

    Source: Keras API, layers/AdaptiveAveragePooling1D.
    """

    rank = 1
    _module = nn.AdaptiveAvgPool1d


class AdaptiveAveragePooling2D(AdaptivePooling):
    """The mean of each window, the windows chosen so that the output has a given height and width.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveAvgPool2d``. The arguments are those of `AdaptiveMaxPooling2D`.

    Example:
        >>> AdaptiveAveragePooling2D((2, 3))(torch.zeros(2, 10, 10, 4)).shape
        torch.Size([2, 2, 3, 4])

    Source: Keras API, layers/AdaptiveAveragePooling2D.
    """

    rank = 2
    _module = nn.AdaptiveAvgPool2d


class AdaptiveAveragePooling3D(AdaptivePooling):
    """The mean of each window, over three axes.

    Computes through ``self.pool``, a ``torch.nn.AdaptiveAvgPool3d``. The arguments are those of `AdaptiveMaxPooling2D`.

    Example:
        >>> AdaptiveAveragePooling3D(2)(torch.zeros(1, 5, 5, 5, 4)).shape
        torch.Size([1, 2, 2, 2, 4])

    Source: Keras API, layers/AdaptiveAveragePooling3D.
    """

    rank = 3
    _module = nn.AdaptiveAvgPool3d
