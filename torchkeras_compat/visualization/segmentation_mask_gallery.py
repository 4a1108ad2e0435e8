"""`plot_segmentation_mask_gallery`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.visualization.canvas import as_bytes, as_images
from torchkeras_compat.visualization.image_gallery import plot_image_gallery
from torchkeras_compat.visualization.segmentation_masks import draw_segmentation_masks


def plot_segmentation_mask_gallery(
    images: Any,
    num_classes: int,
    value_range: tuple[float, float] = (0, 255),
    y_true: Any = None,
    y_pred: Any = None,
    color_mapping: Mapping[int, Any] | None = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show images beside themselves with true and with predicted masks, one row for each image.

    Args:
        images: ``(batch, height, width, 3)``.
        num_classes: Number of classes.
        value_range: The values that are black and white.
        y_true: True masks, as `draw_segmentation_masks` takes them; or None.
        y_pred: Predicted masks; or None.
        color_mapping: Colors of the classes; None for a palette.
        blend: Whether the image shines through.
        alpha: Opacity of the colors, from 0 to 1.
        ignore_index: Class whose pixels are left as they are.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for `config.image_data_format`.
        kwargs: More for `plot_image_gallery`: ``path``, ``show``, ``scale``, ``dpi``, ``transparent``.

    Raises:
        ValueError: what `draw_segmentation_masks` and `plot_image_gallery` raise.
        TypeError: the masks do not hold integers.
        ImportError: matplotlib is not installed.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> masks = np.zeros((1, 4, 4), "int32")
        >>> plot_segmentation_mask_gallery(np.zeros((1, 4, 4, 3)), 2, y_true=masks, show=False)

    Source: Keras API, visualization/plot_segmentation_mask_gallery.
    """
    plain = as_bytes(as_images(images, data_format), value_range)
    is_first = standardize_data_format(data_format) == "channels_first"
    columns = [plain]
    for masks in (y_true, y_pred):
        if masks is not None:
            labels = convert_to_numpy(masks)
            columns.append(
                draw_segmentation_masks(
                    plain,
                    np.moveaxis(labels, 1, -1) if is_first and labels.ndim == 4 else labels,
                    num_classes=num_classes,
                    color_mapping=color_mapping,
                    alpha=alpha,
                    blend=blend,
                    ignore_index=ignore_index,
                    data_format="channels_last",
                )
            )
    gallery = np.stack(columns, 1).reshape(-1, *plain.shape[1:])
    plot_image_gallery(gallery, rows=len(plain) or 1, cols=len(columns), data_format="channels_last", **kwargs)
