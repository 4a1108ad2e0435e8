"""Images read, converted and written, in the signatures of Keras 1 and 2."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from torchkeras_compat.legacy.preprocessing.image.old_layout import layout
from torchkeras_compat.utils import image_files, images

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURES = ("jpg", "jpeg", "bmp", "png", "ppm", "tif", "tiff")


def load_img(
    path: Any,
    grayscale: bool | str = False,
    color_mode: Any = "rgb",
    target_size: Any = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image:
    """Return the image in a file as a Pillow image.

    Args:
        path: Path, or ``io.BytesIO`` with the bytes of a file.
        grayscale: Whether ``color_mode`` is ``"grayscale"``. A string here is ``color_mode``, as Keras 3 has it.
        color_mode: ``"grayscale"``, ``"rgb"`` or ``"rgba"``. A pair here is ``target_size``, as Keras 1 has it.
        target_size: Height and width; None for those of the file.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos"``, ``"box"`` or ``"hamming"``.
        keep_aspect_ratio: Whether to cut the image to the proportions of ``target_size`` first, around the center.

    Raises:
        TypeError: ``path`` is neither of these.
        ValueError: an unknown ``color_mode`` or ``interpolation``, a bad ``target_size``.
        OSError: there is no such file, or it holds no image that Pillow reads.
        ImportError: Pillow is not installed.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> save_img(file, [[[0, 128, 255]]], file_format="png")
        >>> load_img(file, grayscale=True, target_size=(2, 3)).mode
        'L'

    Source: Keras 2.15 API, preprocessing/image.
    """
    if isinstance(grayscale, str):
        if not isinstance(color_mode, str):  # by place as in Keras 3: path, color_mode, target_size, interpolation
            interpolation = target_size if isinstance(target_size, str) else interpolation
            target_size = color_mode
        color_mode, grayscale = grayscale, False
    elif isinstance(color_mode, (tuple, list)):
        color_mode, target_size = "rgb", color_mode
    mode = "grayscale" if grayscale else color_mode
    size = None if target_size is None else tuple(target_size)
    return image_files.load_img(path, mode, size, interpolation, keep_aspect_ratio)


def img_to_array(
    img: Any, data_format: str | None = None, dtype: Any = None, *, dim_ordering: str | None = None
) -> np.ndarray[Any, Any]:
    """Return a Pillow image as an array of shape ``(height, width, channels)``, or as ``data_format`` says.

    Args:
        img: Pillow image, or an array of two or three axes.
        data_format: ``"channels_last"``, ``"channels_first"``, ``"tf"`` or ``"th"``; None for the global setting.
        dtype: Dtype of the result; None for ``floatx``.
        dim_ordering: The name of ``data_format`` in Keras 1.

    Raises:
        ValueError: another number of axes, or an unknown ``data_format``.

    Example:
        >>> img_to_array(array_to_img(np.zeros((4, 6, 3))), dim_ordering="th").shape
        (3, 4, 6)

    Source: Keras 2.15 API, preprocessing/image.
    """
    return images.img_to_array(img, layout(data_format, dim_ordering), dtype)


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None, *, dim_ordering: str | None = None
) -> Image:
    """Return an array as a Pillow image of 1, 3 or 4 channels.

    Args:
        x: Array or tensor of shape ``(height, width, channels)``, or as ``data_format`` says.
        data_format: ``"channels_last"``, ``"channels_first"``, ``"tf"`` or ``"th"``; None for the global setting.
        scale: Whether to stretch the values to 0..255, smallest to largest.
        dtype: What to compute in; None for ``floatx``.
        dim_ordering: The name of ``data_format`` in Keras 1.

    Raises:
        ValueError: another rank or number of channels, or an unknown ``data_format``.
        ImportError: Pillow is not installed.

    Example:
        >>> array_to_img(np.zeros((3, 4, 6)), "th").size
        (6, 4)

    Source: Keras 2.15 API, preprocessing/image.
    """
    return images.array_to_img(x, layout(data_format, dim_ordering), scale, dtype)


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
        data_format: ``"channels_last"``, ``"channels_first"``, ``"tf"`` or ``"th"``; None for the global setting.
        file_format: ``"png"``, ``"jpg"``, ...; None for that of the suffix of ``path``.
        scale: Whether to stretch the values to 0..255.
        kwargs: Passed to ``PIL.Image.Image.save``; and ``dim_ordering``, the name of ``data_format`` in Keras 1.

    Raises:
        ValueError: ``x`` is not an image, or the format is unknown.
        ImportError: Pillow is not installed.

    Example:
        >>> import io
        >>> save_img(io.BytesIO(), [[[0], [255]]], file_format="png")

    Source: Keras 2.15 API, preprocessing/image.
    """
    where = layout(data_format, kwargs.pop("dim_ordering", None))
    image_files.save_img(path, x, where, file_format, scale, **kwargs)


def list_pictures(directory: str | os.PathLike[str], ext: str | tuple[str, ...] = PICTURES) -> list[str]:
    """Return the paths of the image files in a folder and those below it, in alphanumeric order of the folders.

    Args:
        directory: The folder.
        ext: Suffixes without the point, as a tuple, or with ``|`` between them, as in Keras 1.

    Raises:
        FileNotFoundError: there is no such folder.

    Example:
        >>> import pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> save_img(folder / "a.png", np.ones((2, 2, 1)))
        >>> [pathlib.Path(path).name for path in list_pictures(folder)]
        ['a.png']

    Source: Keras 2.3 API, preprocessing/image.
    """
    if not os.path.isdir(directory):
        raise FileNotFoundError(f"There is no folder {os.fspath(directory)!r}. Check the path of the pictures.")
    suffixes = tuple(f".{suffix}" for suffix in (ext.split("|") if isinstance(ext, str) else ext))
    return [
        os.path.join(root, name)
        for root, _, names in sorted(os.walk(directory))
        for name in sorted(names)
        if name.lower().endswith(suffixes)
    ]
