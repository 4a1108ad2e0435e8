"""Images read from files and written to files, through Pillow."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torchkeras_compat.user_warnings import warn_user
from torchkeras_compat.utils.images import array_to_img, pillow
from torchkeras_compat.utils.proportions import crop_box

if TYPE_CHECKING:
    from PIL.Image import Image

COLOR_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_RESAMPLING = {name: name.upper() for name in ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")}


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image:
    """Return the image in a file as a Pillow image.

    Args:
        path: Path, or ``io.BytesIO`` with the bytes of a file.
        color_mode: ``"grayscale"``, ``"rgb"`` or ``"rgba"``. Grayscale images of 16 or 32 bits stay as wide.
        target_size: Height and width; None for those of the file.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos"``, ``"box"`` or ``"hamming"``.
        keep_aspect_ratio: Whether to cut the image to the proportions of ``target_size`` first, around the center.

    Raises:
        TypeError: ``path`` is neither of these.
        ValueError: an unknown ``color_mode`` or ``interpolation``, a bad ``target_size``.
        OSError: there is no such file, or it holds no image that Pillow reads.
        ImportError: Pillow is not installed.

    Example:
        >>> file = io.BytesIO()
        >>> save_img(file, [[[0, 128, 255]]], file_format="png")
        >>> load_img(file, target_size=(2, 3)).size
        (3, 2)

    Source: Keras API, utils/load_img.
    """
    images = pillow()
    if color_mode not in COLOR_MODES:
        raise ValueError(f'`color_mode` must be "grayscale", "rgb", or "rgba". Received: color_mode={color_mode!r}')
    if interpolation not in _RESAMPLING:
        raise ValueError(
            f"Invalid interpolation method {interpolation!r} specified. Supported methods: {', '.join(_RESAMPLING)}"
        )
    if target_size is not None and (len(target_size) != 2 or min(target_size) < 1):
        raise ValueError(f"`target_size` must be (height, width) in pixels. Received: target_size={target_size}")
    if isinstance(path, io.BytesIO):
        image = images.open(path)
    elif isinstance(path, (str, os.PathLike)):
        image = images.open(io.BytesIO(Path(path).read_bytes()))  # a file left open would be a warning at its end
    else:
        raise TypeError(f"`path` should be path-like or io.BytesIO. Received: {type(path).__name__}")
    mode = COLOR_MODES[color_mode]
    if mode == "L":
        image = image if image.mode in ("L", "I;16", "I") else image.convert("L")
    elif image.mode != mode:
        image = image.convert(mode)
    if target_size is not None and image.size != (target_size[1], target_size[0]):
        height, width = target_size
        box = None
        if keep_aspect_ratio:
            top, left, rows, columns = crop_box(image.size[1], image.size[0], height, width)
            box = (left, top, left + columns, top + rows)
        image = image.resize((width, height), getattr(images.Resampling, _RESAMPLING[interpolation]), box=box)
    return image


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as an image file.

    Args:
        path: Path, or a file object.
        x: Array or tensor of shape ``(height, width, channels)``, or as ``data_format`` says.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        file_format: ``"png"``, ``"jpg"``, ...; None for that of the suffix of ``path``.
        scale: Whether to stretch the values to 0..255.
        **kwargs: Passed to ``PIL.Image.Image.save``.

    Raises:
        ValueError: ``x`` is not an image, or the format is unknown.
        ImportError: Pillow is not installed.

    Example:
        >>> save_img(io.BytesIO(), [[[0], [255]]], file_format="png")

    Source: Keras API, utils/save_img.
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    suffix = Path(path).suffix[1:] if isinstance(path, (str, os.PathLike)) else ""
    kind = (file_format or suffix).lower()
    if kind in ("jpg", "jpeg"):
        kind = "jpeg"
        if image.mode == "RGBA":
            warn_user("The JPG format does not support RGBA images, converting to RGB. Save as PNG to keep the alpha.")
            image = image.convert("RGB")
    if not kind:
        raise ValueError(f"`file_format` must be given where `path` has no suffix. Received: path={path!r}")
    if kind not in ("jpeg",) and f".{kind}" not in pillow().registered_extensions():
        raise ValueError(f"Unknown image format {kind!r} for {path!r}. Use a suffix such as .png, or `file_format`.")
    file_format = "jpeg" if kind == "jpeg" else pillow().registered_extensions()[f".{kind}"]
    image.save(path, format=file_format, **kwargs)
