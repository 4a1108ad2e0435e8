"""Histograms and pictures of the weights of a model, for TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.ops.conversion import convert_to_numpy

_PICTURES = 3  # of one weight, as TensorFlow's image summaries


def write_weights(writer: Any, model: Any, step: int, with_pictures: bool) -> None:
    """Write ``<path>/histogram``, and ``<path>/image``, for each weight of each layer.

    Values that are not finite are left out of a histogram, which has no place for them.

    Args:
        writer: A ``SummaryWriter``.
        model: Its ``layers`` have ``weights``.
        step: Number of the epoch.
        with_pictures: Whether to write pictures too, of the weights that have such a shape.
    """
    for layer in model.layers:
        for weight in getattr(layer, "weights", ()):
            path = weight.path.replace(":", "_")
            values = np.asarray(convert_to_numpy(weight))
            if values.dtype.kind not in "fiub":
                values = values.astype("float32")  # bfloat16, which NumPy does not know
            finite = values[np.isfinite(values)]
            if finite.size:
                writer.add_histogram(f"{path}/histogram", finite, step)
            if with_pictures:
                pictures = list(_pictures(values))
                if pictures:
                    writer.add_images(f"{path}/image", np.stack(pictures), step, dataformats="NHWC")


def _pictures(values: np.ndarray) -> Iterator[np.ndarray]:
    """Yield pictures ``(height, width, colours)`` of a weight, colours in [0, 1]; none for other shapes.

    A vector is one column, a matrix lies on its longer side, a kernel of a convolution is a picture for each filter.
    """
    values = values.squeeze().astype("float32")
    if values.ndim == 1:
        values = values[None, :, None, None]
    elif values.ndim == 2:
        values = (values.T if values.shape[0] > values.shape[1] else values)[None, :, :, None]
    elif values.ndim == 3:
        if config.image_data_format() == "channels_last":
            values = values.transpose(2, 0, 1)
        values = values[..., None]
    if values.ndim == 4 and values.shape[-1] in (1, 3, 4) and values.size:
        yield from np.nan_to_num(values[:_PICTURES]).clip(0, 1)[..., : 3 if values.shape[-1] > 1 else 1]
