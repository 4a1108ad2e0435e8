"""Pooling over all positions: `GlobalMaxPooling1D` to `3D`, `GlobalAveragePooling1D` to `3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer


class GlobalPooling(SpatialLayer):
    """Base of the layers that pool all positions; the arguments are described at `GlobalMaxPooling2D`."""

    _axes: tuple[int, ...]  # the spatial ones

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        first = 2 if self._is_channels_first else 1
        self._axes = tuple(range(first, first + self.rank))
        self._skip_building()

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        channels = input_shape[self._channel_axis]
        if not self.keepdims:
            return (input_shape[0], channels)
        return self._shape_of(input_shape[0], (1,) * self.rank, channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


class GlobalMaxPooling(GlobalPooling):
    """Base of the global maxima."""

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the largest value of each channel."""
        return torch.amax(inputs, self._axes, self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """Base of the global means."""

    _takes_integers = False

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the mean of each channel."""
        return torch.mean(inputs, self._axes, self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest value of each channel over all steps. The arguments are those of `GlobalMaxPooling2D`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, channels)``; with ``keepdims`` the steps stay as an axis of size 1.

    Example:
        >>> GlobalMaxPooling1D()(torch.tensor([[[1.0], [3.0]]]))
        tensor([[3.]])

    Source: Keras API, layers/GlobalMaxPooling1D.
    """

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest value of each channel over height and width.

    Args:
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        keepdims: Whether the pooled axes stay, with size 1.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        ``(batch, channels)``.

    Raises:
        ValueError: the inputs have not four axes, or ``data_format`` is unknown.

    Example:
        >>> GlobalMaxPooling2D()(torch.zeros(2, 5, 5, 3)).shape
        torch.Size([2, 3])

    Source: Keras API, layers/GlobalMaxPooling2D.
    """

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest value of each channel over three axes. The arguments are those of `GlobalMaxPooling2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.
    Output shape:
        ``(batch, channels)``.

    Example:
        >>> GlobalMaxPooling3D(keepdims=True)(torch.zeros(2, 5, 5, 5, 3)).shape
        torch.Size([2, 1, 1, 1, 3])

    Source: Keras API, layers/GlobalMaxPooling3D.
    """

    rank = 3


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of each channel over all steps; masked steps do not count.

    The arguments are those of `GlobalMaxPooling2D`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        ``(batch, channels)``; with ``keepdims`` the steps stay as an axis of size 1.

    Example:
        >>> GlobalAveragePooling1D()(torch.tensor([[[1.0], [3.0]]]))
        tensor([[2.]])

    Source: Keras API, layers/GlobalAveragePooling1D.
    """

    rank = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return the mean of each channel over the steps that ``mask`` ``(batch, steps)`` lets through."""
        if mask is None:
            return torch.mean(inputs, self._axes, self.keepdims)
        weights = mask.to(inputs.dtype).unsqueeze(1 if self._is_channels_first else 2)
        total = (inputs * weights).sum(self._axes, self.keepdims)
        return total / weights.sum(self._axes, self.keepdims)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Return None: there are no steps any more."""
        return None


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel over height and width. The arguments are those of `GlobalMaxPooling2D`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        ``(batch, channels)``.

    Example:
        >>> GlobalAveragePooling2D()(torch.ones(1, 5, 5, 2))
        tensor([[1., 1.]])

    Source: Keras API, layers/GlobalAveragePooling2D.
    """

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel over three axes. The arguments are those of `GlobalMaxPooling2D`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.
    Output shape:
        ``(batch, channels)``.

    Example:
        >>> GlobalAveragePooling3D()(torch.zeros(2, 5, 5, 5, 3)).shape
        torch.Size([2, 3])

    Source: Keras API, layers/GlobalAveragePooling3D.
    """

    rank = 3
