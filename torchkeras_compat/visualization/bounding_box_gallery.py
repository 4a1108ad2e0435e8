"""`plot_bounding_box_gallery`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torchkeras_compat.visualization.bounding_boxes import draw_bounding_boxes
from torchkeras_compat.visualization.canvas import as_bytes, as_color, as_images, check_installed
from torchkeras_compat.visualization.image_gallery import plot_image_gallery


def plot_bounding_box_gallery(
    images: Any,
    bounding_box_format: str,
    y_true: Mapping[str, Any] | None = None,
    y_pred: Mapping[str, Any] | None = None,
    value_range: tuple[float, float] = (0, 255),
    true_color: Any = (0, 188, 212),
    pred_color: Any = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: Mapping[int, str] | None = None,
    ground_truth_mapping: Mapping[int, str] | None = None,
    prediction_mapping: Mapping[int, str] | None = None,
    legend: bool = False,
    legend_handles: Sequence[Any] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show images with true and predicted bounding boxes, in rows and columns.

    Args:
        images: ``(batch, height, width, channels)``.
        bounding_box_format: That of the boxes; see `utils.bounding_boxes.convert_format`.
        y_true: True boxes, as `draw_bounding_boxes` takes them; or None.
        y_pred: Predicted boxes; or None.
        value_range: The values that are black and white.
        true_color: Red, green and blue of true boxes, ints from 0 to 255.
        pred_color: Those of predicted boxes.
        line_thickness: Thickness of the lines in pixels.
        font_scale: Size of the text; see `draw_bounding_boxes`.
        text_thickness: Thickness of the strokes of the text in pixels; None for that of the lines.
        class_mapping: Names of the classes, of both.
        ground_truth_mapping: Names of true classes, if others.
        prediction_mapping: Names of predicted classes, if others.
        legend: Whether a legend says which color is which.
        legend_handles: matplotlib patches for another legend.
        rows: See `plot_image_gallery`.
        cols: See `plot_image_gallery`.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for `config.image_data_format`.
        kwargs: More for `plot_image_gallery`: ``path``, ``show``, ``scale``, ``dpi``, ``transparent``.

    Raises:
        ValueError: both ``legend`` and ``legend_handles`` are given; and what `draw_bounding_boxes` and
            `plot_image_gallery` raise.
        TypeError: boxes are not a mapping.
        ImportError: matplotlib or OpenCV is not installed.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> boxes = {"boxes": [[[2.0, 2.0, 8.0, 6.0]]], "labels": [[0]]}
        >>> plot_bounding_box_gallery(np.zeros((1, 10, 12, 3)), "xyxy", y_true=boxes, show=False)

    Source: Keras API, visualization/plot_bounding_box_gallery.
    """
    if legend and legend_handles is not None:
        raise ValueError("Give `legend` or `legend_handles`, not both.")
    drawn = as_bytes(as_images(images, data_format), value_range)
    for boxes, color, names in (
        (y_true, true_color, ground_truth_mapping),
        (y_pred, pred_color, prediction_mapping),
    ):
        if boxes is not None:
            drawn = draw_bounding_boxes(
                drawn,
                boxes,
                bounding_box_format,
                class_mapping=class_mapping if names is None else names,
                color=color,
                line_thickness=line_thickness,
                text_thickness=line_thickness if text_thickness is None else text_thickness,
                font_scale=font_scale,
                data_format="channels_last",
            )
    if legend:
        check_installed("matplotlib", "matplotlib", "plot_bounding_box_gallery")
        from matplotlib.patches import Patch  # optional

        legend_handles = [
            Patch(color=_as_fractions(color), label=label)
            for color, label in ((true_color, "Ground Truth"), (pred_color, "Prediction"))
        ]
    plot_image_gallery(
        drawn, rows=rows, cols=cols, legend_handles=legend_handles, data_format="channels_last", **kwargs
    )


def _as_fractions(color: Any) -> tuple[float, float, float]:
    """Return a color as matplotlib takes it."""
    red, green, blue = as_color(color, "color")
    return red / 255, green / 255, blue / 255
