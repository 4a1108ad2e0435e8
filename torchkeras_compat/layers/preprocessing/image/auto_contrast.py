"""`AutoContrast`: values stretched over the whole range."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import value_range_of
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import in_float


class AutoContrast(ImageLayer):
    """Stretches each channel of each image over ``value_range``, in training and inference; constant ones stay.

    Args:
        value_range: Lowest and highest value of the result.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: ``value_range`` is not two numbers, the lower first.

    Example:
        >>> AutoContrast()(torch.tensor([[[1.0], [2.0], [3.0]]])).flatten()
        tensor([  0.0000, 127.5000, 255.0000])

    Source: Keras API, layers/AutoContrast. With channels first, Keras 3.15 stretches over channels and rows instead.
    """

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = list(value_range_of(value_range))

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images stretched."""
        x = in_float(convert_to_tensor(images))
        axes = (self._height_axis, self._width_axis)
        low, high = x.amin(axes, keepdim=True), x.amax(axes, keepdim=True)
        first, last = value_range_of(self.value_range)
        spread = torch.where(high > low, high - low, 1)
        done = torch.where(high > low, (x - low) / spread * (last - first) + first, x)
        return done.clamp(first, last).to(self._compute_torch_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "value_range": self.value_range}
