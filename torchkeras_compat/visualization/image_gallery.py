"""`plot_image_gallery`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.ops.conversion import convert_to_numpy
from torchkeras_compat.visualization.canvas import as_bytes, as_images, check_installed


def plot_image_gallery(
    images: Any,
    y_true: Any = None,
    y_pred: Any = None,
    label_map: Mapping[int, str] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: tuple[float, float] = (0, 255),
    scale: float = 2,
    path: Any = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: float = 60,
    legend_handles: Sequence[Any] | None = None,
    data_format: str | None = None,
) -> None:
    """Show images in rows and columns, with the names of their classes; with matplotlib.

    Args:
        images: ``(batch, height, width, channels)``; 1, 3 or 4 channels.
        y_true: Integer class labels ``(batch,)``, written above the images; or None.
        y_pred: Predicted class labels ``(batch,)``; or None.
        label_map: Names of the classes.
        rows: Number of rows; None for as many as the images need.
        cols: Number of columns; None for as many as the images need, both for about as many as rows.
        value_range: The values that are black and white.
        scale: Width and height of each image in the figure, in inches.
        path: File to write the figure to, in the format that its name says; None to show it.
        show: Whether to show it; None for True without ``path``. False leaves the figure open, as matplotlib's current
            one.
        transparent: Whether the background of the file is transparent.
        dpi: Pixels per inch of the file.
        legend_handles: matplotlib patches for a legend.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for `config.image_data_format`.

    Raises:
        ValueError: ``images`` is not a batch of images, ``path`` is empty, both ``path`` and ``show`` are given, labels
            come without names or do not fit, or rows and columns are too few.
        OSError: the file cannot be written.
        ImportError: the package ``matplotlib`` is not installed.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> plot_image_gallery(np.random.rand(4, 8, 8, 3), value_range=(0, 1), rows=1, show=False)

    Source: Keras API, visualization/plot_image_gallery.
    """
    if path == "":
        raise ValueError("`path` names the file of the gallery; None shows it. Received: path=''")
    if path is not None and show:
        raise ValueError(f"Either `path` or `show` says where the gallery goes. Received: path={path!r}, show={show}")
    shown = as_bytes(as_images(images, data_format), value_range)
    titles = _titles(len(shown), y_true, y_pred, label_map)
    rows, cols = grid(len(shown), rows, cols)
    if rows * cols < len(shown):
        raise ValueError(f"{len(shown)} images need more places than {rows} rows and {cols} columns.")
    check_installed("matplotlib", "matplotlib", "plot_image_gallery")
    from matplotlib import pyplot  # optional

    figure, axes = pyplot.subplots(
        nrows=rows, ncols=cols, figsize=(cols * scale, rows * scale), squeeze=False, layout="tight", frameon=True
    )
    for place, axis in enumerate(axes.flat):
        axis.axis("off")
        if place < len(shown):
            image = shown[place]
            axis.imshow(image[..., 0] if image.shape[-1] == 1 else image, cmap="gray", vmin=0, vmax=255)
            axis.set_title(titles[place], fontsize=8)
    if legend_handles is not None:
        figure.legend(handles=list(legend_handles), loc="lower center")
    if path is not None:
        try:
            figure.savefig(path, pad_inches=0, transparent=transparent, dpi=dpi)
        finally:
            pyplot.close(figure)
    elif show is None or show:
        pyplot.show()
        pyplot.close(figure)


def grid(images: int, rows: int | None, cols: int | None) -> tuple[int, int]:
    """Return the numbers of rows and columns of a gallery.

    Raises:
        ValueError: they are not positive ints.
    """
    for name, size in {"rows": rows, "cols": cols}.items():
        if size is not None and (isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1):
            raise ValueError(f"`{name}` is a positive int. Received: {name}={size!r}")
    if rows is None:
        cols = math.ceil(math.sqrt(images)) or 1 if cols is None else int(cols)
        rows = math.ceil(images / cols) or 1
    elif cols is None:
        cols = math.ceil(images / rows) or 1
    return int(rows), int(cols)


def _titles(images: int, y_true: Any, y_pred: Any, label_map: Mapping[int, str] | None) -> list[str]:
    parts: list[list[str]] = [[] for _ in range(images)]
    for what, labels in {"Label": y_true, "Pred": y_pred}.items():
        if labels is None:
            continue
        if label_map is None:
            raise ValueError(
                "`y_true` and `y_pred` need `label_map`, the names of the classes. Received: label_map=None"
            )
        found = convert_to_numpy(labels).reshape(-1)
        if len(found) != images:
            raise ValueError(f"There is one class label for each of {images} images. Received {len(found)} of them.")
        for part, label in zip(parts, found.tolist(), strict=True):
            part.append(f"{what}: {label_map.get(int(label), int(label))}")
    return ["  ".join(part) for part in parts]
