"""Images in folders as a dataset."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.utils.folder_dataset import check_format, dataset_from_folder
from torchkeras_compat.utils.image_files import COLOR_MODES
from torchkeras_compat.utils.images import pillow
from torchkeras_compat.utils.proportions import crop_box, padded_size
from torchkeras_compat.utils.resampling import METHODS, resample

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Return the images of a folder, one subfolder a class, as a dataset of batches.

    Files are read and decoded in threads when their batch is asked for, so the folder may be larger than memory.

    Args:
        directory: The folder. Files end in ``.jpg``, ``.jpeg``, ``.png``, ``.bmp`` or ``.gif`` (its first picture).
        labels: ``"inferred"`` from the subfolders; a list with an int for each file, in alphanumeric order of the
            paths; or None for images alone.
        label_mode: ``"int"`` for int32 labels of shape ``(batch,)``, ``"binary"`` for float32 of ``(batch, 1)``,
            ``"categorical"`` for one-hot float32 of ``(batch, classes)``, None for images alone.
        class_names: The subfolders in the order of their numbers; None for alphanumeric order.
        color_mode: ``"grayscale"``, ``"rgb"`` or ``"rgba"``: 1, 3 or 4 channels.
        batch_size: Images a batch; None for single images.
        image_size: Height and width that all images are resized to.
        shuffle: Whether each pass has a new order. Else it is alphanumeric.
        seed: Repeats the orders and the split; None for one drawn from NumPy's random numbers.
        validation_split: Fraction of the files, the last ones after shuffling, that is for validation.
        subset: ``"training"``, ``"validation"``, or ``"both"`` for a tuple of the two.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"area"``, ``"lanczos3"``, ``"lanczos5"``,
            ``"gaussian"`` or ``"mitchellcubic"``.
        follow_links: Whether to look into folders that are links.
        crop_to_aspect_ratio: Whether to cut images to the proportions of ``image_size`` before resizing.
        pad_to_aspect_ratio: Whether to fill images up with zeros to these proportions before resizing.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        format: ``"tf"`` or ``"grain"``; the dataset is the same, and needs neither library.
        verbose: Whether to print how many files and classes were found.

    Returns:
        A :class:`~torchkeras_compat.data.pipeline.Pipeline` with ``class_names`` and ``file_paths``. It yields float32
        images in 0..255 of shape ``(batch, height, width, channels)``, with their labels if there are any.

    Raises:
        ValueError: an argument is not as above; no file is found, or more or fewer than labels; while reading, a file
            that is not an image.
        FileNotFoundError: there is no such folder.
        ImportError: Pillow is not installed.

    Example:
        >>> import pathlib, tempfile
        >>> from torchkeras_compat.utils.image_files import save_img
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> for name in ("cats", "dogs"):
        ...     (folder / name).mkdir()
        ...     save_img(folder / name / "1.png", np.ones((6, 8, 3)))
        >>> data = image_dataset_from_directory(folder, image_size=(4, 4))
        Found 2 files belonging to 2 classes.
        >>> [(tuple(x.shape), tuple(y.shape)) for x, y in data], data.class_names
        ([((2, 4, 4, 3), (2,))], ['cats', 'dogs'])

    Source: Keras API, utils/image_dataset_from_directory.
    """
    check_format(format)
    if color_mode not in COLOR_MODES:
        raise ValueError(f'`color_mode` must be one of "rgb", "rgba", "grayscale". Received: color_mode={color_mode!r}')
    if interpolation not in METHODS:
        raise ValueError(
            f"Argument `interpolation` should be one of {METHODS}. Received: interpolation={interpolation!r}"
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio` can be set to `True`.")
    size = tuple(image_size) if isinstance(image_size, Sequence) else ()
    if len(size) != 2 or not all(hasattr(n, "__index__") and n > 0 for n in size):
        raise ValueError(f"`image_size` must be (height, width) in pixels. Received: image_size={image_size!r}")
    pillow()
    read = functools.partial(
        read_image,
        mode=COLOR_MODES[color_mode],
        size=(int(size[0]), int(size[1])),
        interpolation=interpolation,
        proportions="crop" if crop_to_aspect_ratio else "pad" if pad_to_aspect_ratio else None,
        channels_first=config.standardize_data_format(data_format) == "channels_first",
    )
    return dataset_from_folder(
        directory,
        read,
        what="image",
        suffixes=SUFFIXES,
        labels=labels,
        label_mode=label_mode,
        class_names=class_names,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        validation_split=validation_split,
        subset=subset,
        follow_links=follow_links,
        verbose=verbose,
    )


def read_image(
    path: str, mode: str, size: tuple[int, int], interpolation: str, proportions: str | None, channels_first: bool
) -> torch.Tensor:
    """Return an image file as a float32 tensor of the size that is wanted.

    Raises:
        ValueError: the file holds no image.
    """
    try:
        with pillow().open(path) as image:
            if image.mode.startswith("I;16"):  # Pillow would cut such values off at 255
                image = pillow().fromarray((np.asarray(image) >> 8).astype("uint8"))
            pixels = torch.from_numpy(np.array(image.convert(mode)))
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for a broken file depends on its format
        raise ValueError(f"The file {path} cannot be read as an image: {error}. Remove or repair it.") from error
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    if proportions == "crop":
        top, left, rows, columns = crop_box(height, width, *size)
        pixels = pixels[top : top + rows, left : left + columns]
    elif proportions == "pad":
        top, left, rows, columns = padded_size(height, width, *size)
        frame = pixels.new_zeros(rows, columns, channels)
        frame[top : top + height, left : left + width] = pixels
        pixels = frame
    resized = resample(pixels, size, interpolation)
    return resized.permute(2, 0, 1).contiguous() if channels_first else resized
