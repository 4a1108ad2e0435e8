"""`RandomShear`: images sheared at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import factor_range, is_number
from torchkeras_compat.layers.preprocessing.image.geometric_layer import GeometricLayer, rows_of_eight
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed


class RandomShear(GeometricLayer):
    """Shears each image while training, along both axes and one way or the other; boxes and masks with it.

    The pixel ``(x, y)`` of the result is read at ``(x + s y, y + t x)``, where ``s`` and ``t`` are drawn.

    Args:
        x_factor: Range of ``s``, ``(low, high)`` within [0, 1], or a number for ``(-number, number)``.
        y_factor: Range of ``t``, likewise.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: What lies outside: ``"reflect"``, ``"wrap"``, ``"constant"`` or ``"nearest"``.
        fill_value: The constant for ``fill_mode="constant"``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``fill_mode`` or ``interpolation`` is unknown.
        ValueError: another argument is not as above.

    Example:
        >>> layer = RandomShear(x_factor=(1.0, 1.0), fill_mode="constant", seed=1)
        >>> sheared = layer.transform_images(torch.ones(1, 2, 3, 1), {"shear_factor": [[1.0, 0.0]]})
        >>> sheared.squeeze()
        tensor([[1., 1., 1.],
                [1., 1., 0.]])

    Source: Keras API, layers/RandomShear. Boxes lie where their pixels are; Keras 3.15 computes other ones.
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
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
        for name, factor in (("x_factor", x_factor), ("y_factor", y_factor)):
            if is_number(factor) and factor < 0:
                raise ValueError(f"`{name}` must be in the range [0, 1] or two numbers. Received: {name}={factor}")
        self.x_factor = factor_range(x_factor, -1, 1.0, "x_factor")
        self.y_factor = factor_range(y_factor, -1, 1.0, "y_factor")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw ``s`` and ``t`` of each image, ``(batch, 2)``; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        drawn = [self._draw(data, low, high, source, (1,)) for low, high in (self.x_factor, self.y_factor)]
        sign = torch.where(self._draw(data, 0.0, 1.0, source, (1,)) < 0.5, -1.0, 1.0)
        return {"shear_factor": torch.cat(drawn, dim=1) * sign, "input_shape": self._images_shape(data)}

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        s, t = convert_to_tensor(transformation["shear_factor"]).to(like).reshape(-1, 2).unbind(-1)
        one, zero = torch.ones_like(s), torch.zeros_like(s)
        return rows_of_eight([one, s, zero, t, one, zero])

    def get_config(self) -> dict[str, Any]:
        filling = self._filling()
        # Keras does not load the range that it makes of a number.
        own = {
            name: high if low == -high else (low, high)
            for name, (low, high) in (("x_factor", self.x_factor), ("y_factor", self.y_factor))
        }
        return {**super().get_config(), **own, **filling}
