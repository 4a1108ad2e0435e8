"""`RandomTranslation`: images shifted at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import as_given, factor_range
from torchkeras_compat.layers.preprocessing.image.geometric_layer import GeometricLayer, rows_of_eight
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed

Factor = Any  # a number, or two


class RandomTranslation(GeometricLayer):
    """Shifts each image while training; boxes and masks with it.

    Args:
        height_factor: Range of the shift downwards as a fraction of the height, ``(low, high)`` within [-1, 1], or a
            number for ``(-number, number)``.
        width_factor: Likewise to the right, as a fraction of the width.
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
        >>> RandomTranslation(0, (0.5, 0.5), "constant")(torch.tensor([[[1.0], [2.0]]])).flatten()
        tensor([0., 1.])

    Source: Keras API, layers/RandomTranslation.
    """

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor,
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
        self.height_lower, self.height_upper = factor_range(height_factor, -1.0, 1.0, "height_factor")
        self.width_lower, self.width_upper = factor_range(width_factor, -1.0, 1.0, "width_factor")
        self.height_factor, self.width_factor = as_given(height_factor), as_given(width_factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the shifts ``(batch, 2)`` to the right and downwards, in pixels; None unless ``training``."""
        if not training:
            return None
        shape, source = self._images_shape(data), self._source(seed)
        height, width = self._size(shape)
        down = self._draw(data, self.height_lower, self.height_upper, source, (1,)) * height
        right = self._draw(data, self.width_lower, self.width_upper, source, (1,)) * width
        return {"translations": torch.cat([right, down], dim=1), "input_shape": shape}

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        right, down = convert_to_tensor(transformation["translations"]).to(like).reshape(-1, 2).unbind(-1)
        one, zero = torch.ones_like(right), torch.zeros_like(right)
        return rows_of_eight([one, zero, -right, zero, one, -down])

    def get_config(self) -> dict[str, Any]:
        factors = {"height_factor": self.height_factor, "width_factor": self.width_factor}
        return {**super().get_config(), **factors, **self._filling()}
