"""Layers over one to three spatial axes, whose torch modules want the channels before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.layers.layer.layer import Layer


class SpatialLayer(Layer):
    """Base of layers on ``(batch, *spatial, channels)`` or, for channels first, ``(batch, channels, *spatial)``.

    Moving the channels of such a tensor to the second axis copies nothing: it gives torch's ``channels_last`` memory
    format.
    """

    rank: int  # number of spatial axes
    data_format: str
    _is_channels_first: bool
    _channel_axis: int
    # The axes of channels-last inputs in the order of torch's modules, and the way back: the same for all of a rank.
    _channels_first_order: tuple[int, ...]
    _channels_last_order: tuple[int, ...]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "rank" in cls.__dict__:
            cls._channels_first_order, cls._channels_last_order = channel_orders(cls.rank)

    def _set_data_format(self, data_format: str | None) -> None:
        self.data_format = standardize_data_format(data_format)
        self._is_channels_first = self.data_format == "channels_first"
        self._channel_axis = 1 if self._is_channels_first else -1

    def _to_channels_first(self, x: torch.Tensor) -> torch.Tensor:
        """Return the inputs as torch's modules take them."""
        return x if self._is_channels_first else x.permute(self._channels_first_order)

    def _from_channels_first(self, x: torch.Tensor) -> torch.Tensor:
        """Return what a torch module gave in the layout of the inputs."""
        return x if self._is_channels_first else x.permute(self._channels_last_order)

    def _spatial_part(self, shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the spatial part of a shape."""
        return tuple(shape[2:] if self._is_channels_first else shape[1:-1])

    def _shape_of(
        self, batch: int | None, spatial: Sequence[int | None], channels: int | None
    ) -> tuple[int | None, ...]:
        """Return the shape of an output."""
        return (batch, channels, *spatial) if self._is_channels_first else (batch, *spatial, channels)


def channel_orders(rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the orders of axes that take channels-last tensors to channels first, and back.

    Args:
        rank: Number of spatial axes.
    """
    spatial = range(1, rank + 1)
    return (0, rank + 1, *spatial), (0, *(i + 1 for i in spatial), 1)
