"""`Cropping1D`, `Cropping2D`, `Cropping3D`: borders cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.reshaping.borders import Border, borders
from torchkeras_compat.layers.spatial import SpatialLayer


class Cropping(SpatialLayer):
    """Base of the layers that cut borders off; the arguments are described at `Cropping2D`."""

    _fixed = frozenset({"cropping"})

    _index: tuple[slice, ...]  # what is left, along each axis

    def __init__(self, cropping: Border, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        pairs = borders(cropping, self.rank, "cropping")
        self.cropping: Any = pairs[0] if self.rank == 1 else pairs
        self.input_spec = InputSpec(ndim=self.rank + 2)
        cuts = tuple(slice(before, -after if after else None) for before, after in pairs)
        whole = slice(None)
        self._index = (whole, whole, *cuts) if self._is_channels_first else (whole, *cuts)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Cut the borders off.

        Raises:
            ValueError: nothing would be left.
        """
        outputs = inputs[self._index]
        if 0 in outputs.shape[1:]:
            self.compute_output_shape(tuple(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Raises:
            ValueError: nothing would be left.
        """
        spatial = self._spatial_part(input_shape)
        pairs = [self.cropping] if self.rank == 1 else self.cropping
        left = [None if n is None else n - sum(pair) for n, pair in zip(spatial, pairs, strict=True)]
        if any(n is not None and n <= 0 for n in left):
            rule = (
                "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the input."
            )
            if self.rank == 1:
                rule = "`cropping` parameter of `Cropping1D` layer must be smaller than the number of steps."
            raise ValueError(f"{rule} Received: input_shape={tuple(input_shape)}, cropping={self.cropping}")
        return self._shape_of(input_shape[0], left, input_shape[self._channel_axis])

    def get_config(self) -> dict[str, Any]:
        if self.rank == 1:
            return {**super().get_config(), "cropping": self.cropping}
        return {**super().get_config(), "cropping": self.cropping, "data_format": self.data_format}


class Cropping1D(Cropping):
    """Cuts steps off at the start and the end of a sequence.

    Args:
        cropping: Number of steps on both sides, or ``(start, end)``.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, channels)``.
    Output shape:
        ``(batch, fewer steps, channels)``.

    Raises:
        ValueError: ``cropping`` is none of these, or nothing would be left.

    Example:
        >>> Cropping1D((1, 0))(torch.tensor([[[1.0], [2.0], [3.0]]])).flatten()
        tensor([2., 3.])

    Source: Keras API, layers/Cropping1D.
    """

    rank = 1

    def __init__(self, cropping: Border = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, "channels_last", **kwargs)


class Cropping2D(Cropping):
    """Cuts rows and columns off images.

    Args:
        cropping: An int for all sides, ``(height, width)``, or ``((top, bottom), (left, right))``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for channels first.
    Output shape:
        The same axes, smaller.

    Raises:
        ValueError: ``cropping`` is none of these, or nothing would be left.

    Example:
        >>> Cropping2D(((1, 1), (2, 0)))(torch.zeros(1, 5, 5, 1)).shape
        torch.Size([1, 3, 3, 1])

    Source: Keras API, layers/Cropping2D.
    """

    rank = 2

    def __init__(self, cropping: Border = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(Cropping):
    """Cuts borders off three axes.

    Args:
        cropping: An int for all sides, one int for each axis, or one pair for each axis.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, depth, height, width, channels)``, or channels first.
    Output shape:
        The same axes, smaller.

    Raises:
        ValueError: ``cropping`` is none of these, or nothing would be left.

    Example:
        >>> Cropping3D(1)(torch.zeros(1, 4, 4, 4, 1)).shape
        torch.Size([1, 2, 2, 2, 1])

    Source: Keras API, layers/Cropping3D.
    """

    rank = 3

    def __init__(self, cropping: Border = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)
