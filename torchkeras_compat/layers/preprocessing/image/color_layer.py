"""`ColorLayer`: pixels get other values and stay where they are."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import value_range_of
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import in_float


class ColorLayer(ImageLayer):
    """Base of the layers that change the values of pixels at random while training; boxes and masks stay as they are.

    Subclasses draw in ``get_random_transformation`` and compute in :meth:`_recolored`.

    Args:
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Raises:
        ValueError: an argument is not as above.
    """

    _keeps_dtype = False  # whether the result has the dtype of the images, not the compute dtype

    def __init__(self, *, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = list(value_range_of(value_range))
        self._set_seed(seed)

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images recolored; as they are unless ``training``."""
        x: torch.Tensor = convert_to_tensor(images)
        if not training or transformation is None:
            return x
        dtype = x.dtype if self._keeps_dtype else self._compute_torch_dtype
        done = self._recolored(in_float(x), transformation)
        return done.to(dtype) if dtype.is_floating_point else done.round().to(dtype)

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        """Return float32 or float64 images with other values."""
        raise NotImplementedError

    def _of_each(self, values: Any, x: torch.Tensor) -> torch.Tensor:
        """Return one value for each image in a shape that broadcasts to images."""
        drawn: torch.Tensor = convert_to_tensor(values)
        drawn = drawn.to(x) if drawn.is_floating_point() else drawn.to(x.device)
        return drawn.reshape(-1, *(1,) * (x.ndim - 1))

    def _in_unit_range(self, x: torch.Tensor) -> torch.Tensor:
        low, high = value_range_of(self.value_range)
        return (x - low) / (high - low)

    def _from_unit_range(self, x: torch.Tensor) -> torch.Tensor:
        low, high = value_range_of(self.value_range)
        return x * (high - low) + low

    def _in_value_range(self, x: torch.Tensor) -> torch.Tensor:
        return x.clamp(self.value_range[0], self.value_range[1])

    def _draw_for_pixels(self, data: Any, low: float, high: float, seed: Any) -> torch.Tensor:
        """Return numbers for each image that broadcast to the images: ``(batch, 1, 1, 1)`` or ``(1, 1, 1)``."""
        return self._draw(data, low, high, seed, (1, 1) if self._is_single(data) else (1, 1, 1))


class FactorLayer(ColorLayer):
    """Base of those that have one range to draw from, ``factor``, which the constructor of each checks."""

    factor: tuple[float, float]

    def get_config(self) -> dict[str, Any]:
        own = {"factor": self.factor, "value_range": self.value_range, "seed": self.seed}
        return {**super().get_config(), **own}
