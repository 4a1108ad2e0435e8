"""`RandomZoom`: images made larger or smaller at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import as_given, factor_range
from torchkeras_compat.layers.preprocessing.image.geometric_layer import GeometricLayer, rows_of_eight
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed


class RandomZoom(GeometricLayer):
    """Zooms each image around its middle while training; boxes and masks with it.

    Args:
        height_factor: Range of the zoom along the height: ``(low, high)`` within (-1, 1], or a number for
            ``(-number, number)``. 0.2 zooms out by 20 %, -0.2 zooms in.
        width_factor: Likewise along the width; None for the zoom of the height.
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
        >>> RandomZoom((-0.5, -0.5))(torch.arange(5.0).reshape(1, 5, 1)).flatten()
        tensor([1.0000, 1.5000, 2.0000, 2.5000, 3.0000])

    Source: Keras API, layers/RandomZoom.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
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
        self.height_lower, self.height_upper = _zoom_range(height_factor, "height_factor")
        if width_factor is not None:
            self.width_lower, self.width_upper = _zoom_range(width_factor, "width_factor")
        self.height_factor, self.width_factor = as_given(height_factor), as_given(width_factor)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw how many input pixels lie in one of the output, ``(batch, 1)`` along each axis; None unless training."""
        if not training:
            return None
        source = self._source(seed)
        height = width = self._draw(data, 1 + self.height_lower, 1 + self.height_upper, source, (1,))
        if self.width_factor is not None:
            width = self._draw(data, 1 + self.width_lower, 1 + self.width_upper, source, (1,))
        return {"height_zoom": height, "width_zoom": width, "input_shape": self._images_shape(data)}

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        y, x = (convert_to_tensor(transformation[k]).to(like).reshape(-1) for k in ("height_zoom", "width_zoom"))
        zero = torch.zeros_like(x)
        return rows_of_eight([x, zero, (size[1] - 1) / 2 * (1 - x), zero, y, (size[0] - 1) / 2 * (1 - y)])

    def get_config(self) -> dict[str, Any]:
        factors = {"height_factor": self.height_factor, "width_factor": self.width_factor}
        return {**super().get_config(), **factors, **self._filling()}


def _zoom_range(factor: Any, name: str) -> tuple[float, float]:
    low, high = factor_range(factor, -1.0, 1.0, name)
    if low == -1 and isinstance(factor, (list, tuple)):
        raise ValueError(
            f"The `{name}` argument must be greater than -1, which would leave nothing of the image. Received: "
            f"{name}={factor}"
        )
    return low, high
