"""`Equalization`: values spread so that each is as frequent as the next."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import value_range_of
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import in_float

_LEVELS = 255
_MANY = 2**16  # bins that are counted in a table; more are counted by sorting


class Equalization(ImageLayer):
    """Equalizes the histogram of each channel of each image while training; a constant channel stays.

    With ``n(v)`` the number of values in the bin of ``v`` and in those below it, ``v`` becomes
    ``(n(v) - n(min)) / (n(max) - n(min))`` of the range, in steps of 1/255.

    Args:
        value_range: Lowest and highest value of a pixel.
        bins: Number of bins of the histogram.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: ``bins`` is not a positive int, or ``value_range`` not two numbers, the lower first.

    Example:
        >>> Equalization()(torch.tensor([[[10.0], [20.0], [200.0]]])).flatten()
        tensor([  0., 128., 255.])

    Source: Gonzalez and Woods 2018, section 3.3. In inference the images stay as they are, as in Keras 3.15, whose
    documentation says otherwise; it also counts the values of all images of a batch together.
    """

    def __init__(
        self, value_range: Any = (0, 255), bins: int = 256, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if isinstance(bins, bool) or not isinstance(bins, int) or bins < 1:
            raise ValueError(f"`bins` must be a positive integer. Received: bins={bins!r}")
        self.bins, self.value_range = bins, list(value_range_of(value_range))

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images equalized; as they are unless ``training``."""
        x: torch.Tensor = convert_to_tensor(images)
        if not training:
            return x
        low, high = value_range_of(self.value_range)
        values = in_float(x).nan_to_num(low).clamp(low, high)
        if self.data_format == "channels_last":
            values = values.movedim(-1, -3)
        place = ((values - low) * ((self.bins - 1) / (high - low))).long().flatten(-2)
        below = _numbers_up_to(place.flatten(0, -2), self.bins).reshape(values.shape).to(values.dtype)
        least, most = below.amin((-2, -1), keepdim=True), below.amax((-2, -1), keepdim=True)
        spread = (most - least).clamp_min(1)
        level = ((below - least) / spread * _LEVELS).round()
        done = torch.where(most > least, level / _LEVELS * (high - low) + low, values)
        done = done.movedim(-3, -1) if self.data_format == "channels_last" else done
        return done.to(self._compute_torch_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bins": self.bins, "value_range": self.value_range}


def _numbers_up_to(place: torch.Tensor, bins: int) -> torch.Tensor:
    """Return for each element how many of its row lie in its bin or below, for bins ``(rows, elements)``."""
    if bins > _MANY:
        return torch.searchsorted(place.sort(dim=1).values, place, right=True)
    counts = place.new_zeros(len(place), bins).scatter_add_(1, place, torch.ones_like(place))
    return counts.cumsum(1).gather(1, place)
