"""`ZeroPadding1D`, `ZeroPadding2D`, `ZeroPadding3D`: borders of zeros."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.reshaping.borders import Border, borders
from torchkeras_compat.layers.spatial import SpatialLayer

_PADDINGS: dict[int, type[nn.Module]] = {1: nn.ZeroPad1d, 2: nn.ZeroPad2d, 3: nn.ZeroPad3d}


class ZeroPadding(SpatialLayer):
    """Base of the layers that add zeros; the arguments are described at `ZeroPadding2D`."""

    _fixed = frozenset({"padding"})

    pad: nn.ZeroPad1d | nn.ZeroPad2d | nn.ZeroPad3d

    def __init__(self, padding: Border = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        pairs = borders(padding, self.rank, "padding")
        self.padding: Any = pairs[0] if self.rank == 1 else pairs
        self.input_spec = InputSpec(ndim=self.rank + 2)
        amounts = [amount for pair in reversed(pairs) for amount in pair]
        # torch pads from the last axis backwards: with the channels last, nothing needs to be permuted.
        pad = _PADDINGS[self.rank](tuple(amounts if self._is_channels_first else [0, 0, *amounts]))
        self._keep_torch_module("pad", pad)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Add the zeros."""
        outputs: torch.Tensor = self.pad(inputs)
        return outputs

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        spatial = self._spatial_part(input_shape)
        pairs = [self.padding] if self.rank == 1 else self.padding
        grown = [None if n is None else n + sum(pair) for n, pair in zip(spatial, pairs, strict=True)]
        return self._shape_of(input_shape[0], grown, input_shape[self._channel_axis])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padding": self.padding, "data_format": self.data_format}


class ZeroPadding1D(ZeroPadding):
    """Adds zeros before and after the steps of a sequence.

    Computes through ``self.pad``, a ``torch.nn.ZeroPad1d``.

    Args:
        padding: Number of steps on both sides, or ``(before, after)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for channels first.
    Output shape:
        The same axes, more steps.

    Raises:
        ValueError: ``padding`` is none of these, or negative.

    Example:
        >>> ZeroPadding1D((1, 0))(torch.ones(1, 2, 1)).flatten()
        tensor([0., 1., 1.])

    Source: Keras API, layers/ZeroPadding1D.
    """

    rank = 1


class ZeroPadding2D(ZeroPadding):
    """Adds rows and columns of zeros around images.

    Computes through ``self.pad``, a ``torch.nn.ZeroPad2d``.

    Args:
        padding: An int for all sides, ``(height, width)``, or ``((top, bottom), (left, right))``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, larger.

    Raises:
        ValueError: ``padding`` is none of these, or negative.

    Example:
        >>> ZeroPadding2D((1, 2))(torch.zeros(1, 3, 3, 1)).shape
        torch.Size([1, 5, 7, 1])

    Source: Keras API, layers/ZeroPadding2D.
    """

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Adds zeros around three axes.

    Computes through ``self.pad``, a ``torch.nn.ZeroPad3d``.

    Args:
        padding: An int for all sides, one int for each axis, or one pair for each axis.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.
    Output shape:
        The same axes, larger.

    Raises:
        ValueError: ``padding`` is none of these, or negative.

    Example:
        >>> ZeroPadding3D(1)(torch.zeros(1, 2, 2, 2, 1)).shape
        torch.Size([1, 4, 4, 4, 1])

    Source: Keras API, layers/ZeroPadding3D.
    """

    rank = 3
