"""Borders added or cut off: `ZeroPadding1D` to `3D`, `Cropping1D` to `3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer

Border = int | Sequence[int] | Sequence[Sequence[int]]
_PADDINGS: dict[int, type[nn.Module]] = {1: nn.ZeroPad1d, 2: nn.ZeroPad2d, 3: nn.ZeroPad3d}


def borders(given: Border, rank: int, name: str) -> tuple[tuple[int, int], ...]:
    """Return what to add or cut before and after each spatial axis.

    Args:
        given: An int for all, one int for each axis, or a pair for each axis; for one axis also just a pair.
        rank: Number of spatial axes.
        name: Name of the argument.

    Raises:
        ValueError: it is none of these, or an entry is negative.
    """
    found: Any = given
    if isinstance(given, int):
        found = ((given, given),) * rank
    elif rank == 1:  # a pair alone
        found = (tuple(given),) if hasattr(given, "__len__") else given
    elif hasattr(given, "__len__") and len(given) == rank:
        found = tuple((v, v) if isinstance(v, int) else tuple(v) for v in given)
    if not isinstance(found, tuple) or any(
        not isinstance(pair, tuple) or len(pair) != 2 or any(not isinstance(v, int) or v < 0 for v in pair)
        for pair in found
    ):
        raise ValueError(
            f"`{name}` must be an int, a tuple of {rank} ints, or a tuple of {rank} pairs (before, after), none of "
            f"them negative. Received: {name}={given}"
        )
    return found


class ZeroPadding(SpatialLayer):
    """Base of the layers that add zeros; the arguments are described at `ZeroPadding2D`."""

    def __init__(self, padding: Border = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        self.padding = borders(padding, self.rank, "padding")
        self.input_spec = InputSpec(ndim=self.rank + 2)
        amounts = [amount for pair in reversed(self.padding) for amount in pair]
        # torch pads from the last axis backwards: with the channels last, nothing needs to be permuted.
        pad = _PADDINGS[self.rank](tuple(amounts if self._is_channels_first else [0, 0, *amounts]))
        self._keep_torch_module("pad", pad)
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Add the zeros."""
        return self.pad(inputs)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        spatial = self._spatial_part(input_shape)
        grown = [None if n is None else n + sum(pair) for n, pair in zip(spatial, self.padding, strict=True)]
        return self._shape_of(input_shape[0], grown, input_shape[self._channel_axis])

    def get_config(self) -> dict[str, Any]:
        padding = self.padding[0] if self.rank == 1 else self.padding
        return {**super().get_config(), "padding": padding, "data_format": self.data_format}


class Cropping(SpatialLayer):
    """Base of the layers that cut borders off; the arguments are described at `Cropping2D`."""

    def __init__(self, cropping: Border, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_data_format(data_format)
        self.cropping = borders(cropping, self.rank, "cropping")
        self.input_spec = InputSpec(ndim=self.rank + 2)
        cuts = tuple(slice(before, -after if after else None) for before, after in self.cropping)
        whole = slice(None)
        self.__dict__["_index"] = (whole, whole, *cuts) if self._is_channels_first else (whole, *cuts)
        self._skip_building()

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
        left = [None if n is None else n - sum(pair) for n, pair in zip(spatial, self.cropping, strict=True)]
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
            return {**super().get_config(), "cropping": self.cropping[0]}
        return {**super().get_config(), "cropping": self.cropping, "data_format": self.data_format}


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
