"""`ContrastLimitedAdaptiveHistogramEqualization`: histograms equalized tile by tile."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.layers.preprocessing.image.arguments import is_number, value_range_of
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.image.layout import channels_first, in_float

_BINS = 256
_MANY = 2**14  # tiles, whose tables are larger than the image by far: then each image is computed by itself


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Equalizes the histogram around each pixel (CLAHE), in training and inference.

    An image is divided into tiles. Each channel of a tile has a histogram of 256 bins; what a bin has above the limit
    is spread over all bins. A pixel becomes the mean of what the histograms of the four nearest tiles make of it,
    weighted by how near they are.

    Args:
        value_range: Lowest and highest value of a pixel.
        clip_limit: The limit, in mean heights of a bin; 0 or less for none.
        tile_grid_size: Number of tiles in a column and in a row.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in its dtype; integers are cut off.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> layer = ContrastLimitedAdaptiveHistogramEqualization(tile_grid_size=(1, 1), clip_limit=0)
        >>> layer(torch.tensor([[[0.0], [20.0], [200.0]]])).flatten()
        tensor([  0.0000, 127.5000, 255.0000])

    Source: Pizer et al. 1987, section 3; Zuiderveld 1994. As in Keras 3.15, limits are whole numbers, and what is above
    them is spread once.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Any = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if not is_number(clip_limit):
            raise ValueError(f"`clip_limit` must be a number. Received: clip_limit={clip_limit!r}")
        is_pair = isinstance(tile_grid_size, (list, tuple)) and len(tile_grid_size) == 2
        if not is_pair or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in tile_grid_size):
            raise ValueError(
                f"`tile_grid_size` must be two positive integers. Received: tile_grid_size={tile_grid_size!r}"
            )
        self.value_range = value_range_of(value_range)
        self.clip_limit, self.tile_grid_size = clip_limit, tuple(tile_grid_size)

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images equalized."""
        x, restore = channels_first(images, self.data_format)
        low, high = value_range_of(self.value_range)
        values = ((in_float(x) - low) * (255 / (high - low))).nan_to_num(0.0).clamp(0, 255)
        rows, columns = (_Tiles(n, grid) for n, grid in zip(x.shape[2:], self.tile_grid_size))
        if rows.number * columns.number > _MANY and len(values):
            done = torch.cat([self._equalized(image, rows, columns) for image in torch.split(values, 1)])
        else:
            done = self._equalized(values, rows, columns)
        done = done / 255 * (high - low) + low
        return restore(done.to(x.dtype))

    def _equalized(self, values: torch.Tensor, rows: _Tiles, columns: _Tiles) -> torch.Tensor:
        """Return images of values from 0 to 255 equalized, ``(batch, channels, height, width)``."""
        tables = self._tables(values, rows, columns)
        bins, done = values.long(), torch.zeros_like(values)
        for row, row_weight in rows.nearest(values):
            for column, column_weight in columns.nearest(values):
                tile = row.unsqueeze(1) * columns.number + column
                read = tables.gather(2, (tile * _BINS + bins).flatten(2)).reshape(done.shape)
                done += row_weight.unsqueeze(1) * column_weight * read
        return done

    def _tables(self, values: torch.Tensor, rows: _Tiles, columns: _Tiles) -> torch.Tensor:
        """Return what each tile makes of each bin, ``(batch, channels, tiles * 256)``."""
        batch, channels = values.shape[:2]
        padded = F.pad(values, (0, columns.missing, 0, rows.missing), mode="replicate").long()
        parts = padded.reshape(batch, channels, rows.number, rows.size, columns.number, columns.size)
        parts = parts.movedim(4, 3).flatten(4).flatten(0, 3)
        pixels = rows.size * columns.size
        counts = values.new_zeros(len(parts), _BINS)
        counts.scatter_add_(1, parts, torch.ones_like(parts, dtype=values.dtype))
        if self.clip_limit > 0:
            limit = int(min(self.clip_limit * pixels / _BINS, pixels))
            above = (counts - limit).clamp_min(0).sum(1, keepdim=True)
            counts = counts.clamp_max(limit) + above / _BINS
        below = counts.cumsum(1)
        least = below[:, :1]
        spread = pixels - least
        tables = torch.where(spread > 0, (below - least) / torch.where(spread > 0, spread, 1), 0)
        return (tables * 255).clamp(0, 255).reshape(batch, channels, rows.number * columns.number * _BINS)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "clip_limit": self.clip_limit,
            "tile_grid_size": self.tile_grid_size,
        }


class _Tiles:
    """How an axis is divided.

    Args:
        length: Number of pixels.
        grid: Number of tiles that is asked for; those that no pixel is near are left out.
    """

    def __init__(self, length: int, grid: int) -> None:
        self.length = length
        self.size = -(-length // grid)
        self.number = min(grid, (length - 1) // self.size + 2)
        self.missing = self.number * self.size - length

    def nearest(self, like: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return the tile before and the one after each pixel, and their weights."""
        place = torch.arange(self.length, device=like.device, dtype=like.dtype) / self.size - 0.5
        place = place.clamp(0, self.number - 1)
        before = place.floor()
        weight = place - before
        after = (before + 1).clamp_max(self.number - 1)
        return [(before.long(), 1 - weight), (after.long(), weight)]
