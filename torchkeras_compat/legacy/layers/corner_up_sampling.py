"""`CornerUpSampling2D`: bilinear `UpSampling2D` of Keras 2.2 and 2.3 on TensorFlow."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.reshaping.up_sampling import UpSampling2D


class CornerUpSampling2D(UpSampling2D):
    """Makes images larger by whole factors, with pixels at their upper left corners: pixel ``i`` is at ``i * factor``.

    Newer Keras has pixels at their centers. Nothing lies between the last pixel and the edge, where it is repeated.

    Args:
        size: Factor, an int or ``(height, width)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        interpolation: ``"bilinear"``.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, larger.

    Raises:
        ValueError: ``size`` is not positive, or ``interpolation`` is another one.

    Example:
        >>> CornerUpSampling2D((1, 2))(torch.tensor([[[[0.0], [1.0]]]])).flatten()
        tensor([0.0000, 0.5000, 1.0000, 1.0000])

    Source: Keras 2.3 API, layers/UpSampling2D; TensorFlow 1.15 API, image/resize_bilinear.
    """

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "bilinear", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, interpolation, **kwargs)
        if self.interpolation != "bilinear":
            raise ValueError(f"CornerUpSampling2D is bilinear. Received: interpolation={interpolation!r:.100}")

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Make the images larger."""
        found = inputs if inputs.is_floating_point() else inputs.float()
        first = 2 if self._is_channels_first else 1
        for axis, factor in zip((first, first + 1), self._factors, strict=True):
            found = _larger(found, axis, factor)
        return found


def _larger(images: torch.Tensor, axis: int, factor: int) -> torch.Tensor:
    size = images.shape[axis]
    places = torch.arange(size * factor, device=images.device)
    low = places // factor
    shape = [1] * images.ndim
    shape[axis] = -1
    part = ((places % factor) / factor).to(images.dtype).reshape(shape)
    return torch.lerp(images.index_select(axis, low), images.index_select(axis, (low + 1).clamp(max=size - 1)), part)
