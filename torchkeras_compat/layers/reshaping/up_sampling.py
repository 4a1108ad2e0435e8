"""`UpSampling1D`, `UpSampling2D`, `UpSampling3D`: every element repeated, or values in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.ops.image.resizing import resize
from torchkeras_compat.ops.padding import per_axis

Sizes = int | Sequence[int]
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class UpSampling(SpatialLayer):
    """Base of the layers that make axes longer; the arguments are described at `UpSampling2D`."""

    _fixed = frozenset({"size"})

    size: int | tuple[int, ...]
    _factors: tuple[int, ...]  # one for each spatial axis
    upsample: nn.Upsample

    def _set_size(self, size: Sizes, data_format: str | None, mode: str | None = "nearest") -> None:
        self._set_data_format(data_format)
        self.size = self._factors = per_axis(size, self.rank, "size")
        self.input_spec = InputSpec(ndim=self.rank + 2)
        if mode is not None:
            self._keep_torch_module(
                "upsample", nn.Upsample(scale_factor=tuple(float(s) for s in self._factors), mode=mode)
            )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Make the axes longer."""
        if not inputs.is_floating_point():
            first = 2 if self._is_channels_first else 1
            for axis, n in enumerate(self._factors, first):
                inputs = inputs.repeat_interleave(n, axis)
            return inputs
        return self._from_channels_first(self.upsample(self._to_channels_first(inputs)))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        sizes = zip(self._spatial_part(input_shape), self._factors, strict=True)
        grown = [None if n is None else n * times for n, times in sizes]
        return self._shape_of(input_shape[0], grown, input_shape[self._channel_axis])


class UpSampling1D(UpSampling):
    """Repeats each step ``size`` times.

    Computes through ``self.upsample``, a ``torch.nn.Upsample``.

    Args:
        size: How often, a positive int.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``.
    Output shape:
        ``(batch, steps * size, channels)``.

    Raises:
        TypeError: ``size`` is not an int.
        ValueError: ``size`` is not positive.

    Example:
        >>> UpSampling1D(2)(torch.tensor([[[1.0], [2.0]]])).flatten()
        tensor([1., 1., 2., 2.])

    Source: Keras API, layers/UpSampling1D.
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(size, bool) or not isinstance(size, int):
            raise TypeError(f"Expected an integer value for `size` of UpSampling1D, got {size!r}.")
        if size < 1:
            raise ValueError(f"`size` of UpSampling1D should be a positive integer. Received: size={size}")
        self._set_size(size, "channels_last")
        self.size = size

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


class UpSampling2D(UpSampling):
    """Makes images larger by whole factors.

    Computes through ``self.upsample``, a ``torch.nn.Upsample``, for ``"nearest"`` and ``"bilinear"``; the others as
    `ops.image.resize` does, since torch's cubic kernel is another one.

    Args:
        size: Factor, an int or ``(height, width)``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, larger.

    Raises:
        ValueError: ``size`` is not positive, or ``interpolation`` is unknown.

    Example:
        >>> UpSampling2D(2)(torch.zeros(1, 3, 3, 1)).shape
        torch.Size([1, 6, 6, 1])

    Source: Keras API, layers/UpSampling2D.
    """

    rank = 2

    def __init__(
        self, size: Sizes = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.interpolation = str(interpolation).lower()
        if self.interpolation not in _INTERPOLATIONS:
            raise ValueError(
                f"`interpolation` argument should be one of {_INTERPOLATIONS}. Received: interpolation={interpolation}"
            )
        self._set_size(size, data_format, self.interpolation if self.interpolation in _INTERPOLATIONS[:2] else None)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Make the images larger."""
        if hasattr(self, "upsample") and (inputs.is_floating_point() or self.interpolation == "nearest"):
            return super().call(inputs)
        spatial = inputs.shape[2:] if self._is_channels_first else inputs.shape[1:-1]
        size = tuple(n * times for n, times in zip(spatial, self._factors, strict=True))
        outputs: torch.Tensor = resize(inputs, size, self.interpolation, data_format=self.data_format)
        return outputs

    def get_config(self) -> dict[str, Any]:
        config = {"size": self.size, "data_format": self.data_format, "interpolation": self.interpolation}
        return {**super().get_config(), **config}


class UpSampling3D(UpSampling):
    """Repeats each element along three axes.

    Computes through ``self.upsample``, a ``torch.nn.Upsample``.

    Args:
        size: How often, an int or one int for each axis.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.
    Output shape:
        The same axes, longer.

    Raises:
        ValueError: ``size`` is not positive.

    Example:
        >>> UpSampling3D(2)(torch.zeros(1, 2, 2, 2, 1)).shape
        torch.Size([1, 4, 4, 4, 1])

    Source: Keras API, layers/UpSampling3D.
    """

    rank = 3

    def __init__(self, size: Sizes = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_size(size, data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}
