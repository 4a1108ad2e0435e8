"""`RandomRotation`: images turned at random while training."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range
from torchkeras_compat.layers.preprocessing.image.geometric_layer import GeometricLayer, rows_of_eight
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed


class RandomRotation(GeometricLayer):
    """Turns each image around its middle while training; boxes and masks with it.

    Args:
        factor: Range of the angle as a fraction of a full turn, counter-clockwise where positive: ``(low, high)``
            within [-1, 1], or a number for ``(-number, number)``.
        fill_mode: What lies outside: ``"reflect"``, ``"wrap"``, ``"constant"`` or ``"nearest"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: Int for a reproducible stream; None for torch's global generator.
        fill_value: The constant for ``fill_mode="constant"``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``fill_mode`` or ``interpolation`` is unknown.
        ValueError: another argument is not as above.

    Example:
        >>> turned = RandomRotation((0.25, 0.25))(torch.tensor([[1.0, 2.0], [3.0, 4.0]]).unsqueeze(-1))
        >>> turned.squeeze(-1).round()
        tensor([[2., 4.],
                [1., 3.]])

    Source: Keras API, layers/RandomRotation; the middle is ``((height - 1) / 2, (width - 1) / 2)``.
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode,
            interpolation=interpolation,
            seed=seed,
            fill_value=fill_value,
            data_format=data_format,
            **kwargs,
        )
        self.factor = factor_range(factor, -1, 1)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the angles in degrees, and where each pixel is read; None unless ``training``."""
        if not training:
            return None
        angle = self._draw(data, 360 * self.factor[0], 360 * self.factor[1], self._source(seed))
        height, width = self._size(self._images_shape(data))
        matrix = _rotation(angle, height, width)
        return {
            "angle": angle,
            "rotation_matrix": matrix[0] if self._is_single(data) else matrix,
            "image_height": height,
            "image_width": width,
            "batch_size": angle.shape[0],
        }

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        matrix: torch.Tensor = convert_to_tensor(transformation["rotation_matrix"])
        return matrix.to(like).reshape(-1, 8)

    def _transformed_size(self, transformation: Any) -> tuple[int, int]:
        return transformation["image_height"], transformation["image_width"]

    def get_config(self) -> dict[str, Any]:
        filling = self._filling()
        names = ("fill_mode", "fill_value", "interpolation", "seed")  # in Keras's order
        return {**super().get_config(), "factor": self.factor, **{name: filling[name] for name in names}}


def _rotation(degrees: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Where each pixel of images turned by angles ``(batch,)`` is read, ``(batch, 8)``."""
    angle = degrees * (math.pi / 180)
    cos, sin = angle.cos(), angle.sin()
    x, y = (width - 1) / 2, (height - 1) / 2
    return rows_of_eight([cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y])
