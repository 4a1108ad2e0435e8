"""`DirectoryIterator`: batches of the images in the subfolders of a folder, which are the classes."""

from __future__ import annotations

import os
from collections.abc import Iterator as IteratorOf
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.legacy.preprocessing.image.augmentation import Augmentation
from torchkeras_compat.legacy.preprocessing.image.file_batches import BatchFromFilesMixin
from torchkeras_compat.legacy.preprocessing.image.iterator import Iterator
from torchkeras_compat.legacy.preprocessing.image.old_layout import layout
from torchkeras_compat.user_warnings import warn_user

CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class DirectoryIterator(BatchFromFilesMixin, Iterator):
    """Batches of the images in the subfolders of a folder, in alphanumeric order of their paths.

    Args:
        directory: The folder. Files end in ``.png``, ``.jpg``, ``.jpeg``, ``.bmp``, ``.ppm``, ``.tif`` or ``.tiff``.
        image_data_generator: Changes each image; None for no change.
        target_size: Height and width that all images are resized to.
        color_mode: ``"rgb"``, ``"rgba"`` or ``"grayscale"``.
        classes: The subfolders in the order of their labels; None for all of them, in alphanumeric order.
        class_mode: ``"categorical"`` for one-hot labels, ``"binary"`` or ``"sparse"`` for labels of shape ``(batch,)``,
            ``"input"`` for the images as targets too, None for images alone.
        batch_size: Images a batch.
        shuffle: Whether each epoch has a new order.
        seed: Of the order and the changes.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        save_to_dir: Folder to write the changed images to; None for none.
        save_prefix: Beginning of the names of these files.
        save_format: Their suffix.
        follow_links: Whether to look into folders that are links.
        subset: ``"training"``, ``"validation"``, or None for all files.
        interpolation: As of ``load_img``.
        keep_aspect_ratio: As of ``load_img``.
        dtype: Of images and labels; None for ``floatx``.

    Attributes:
        samples: Number of files.
        filenames: Their paths below ``directory``.
        filepaths: Their paths.
        classes: Label of each file, int32.
        class_indices: Label of each class.
        num_classes: Number of classes.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: an argument is none of these; while reading, a file that is not an image.

    Example:
        >>> import pathlib, tempfile
        >>> from torchkeras_compat.utils.image_files import save_img
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> for name in ("cats", "dogs"):
        ...     (folder / name).mkdir()
        ...     save_img(folder / name / "1.png", np.ones((6, 8, 3)))
        >>> batches = DirectoryIterator(folder, None, target_size=(4, 4), class_mode="binary")
        Found 2 images belonging to 2 classes.
        >>> batches.class_indices, batches.next()[0].shape
        ({'cats': 0, 'dogs': 1}, (2, 4, 4, 3))

    Source: Keras 2.15 API, preprocessing/image.
    """

    allowed_class_modes = CLASS_MODES

    def __init__(
        self,
        directory: str | os.PathLike[str],
        image_data_generator: Augmentation | None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
    ) -> None:
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            layout(data_format),
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        if class_mode not in CLASS_MODES:
            raise ValueError(f"Invalid class_mode: {class_mode!r}; expected one of: {CLASS_MODES}")
        self.directory = os.fspath(directory)
        self.class_mode = class_mode
        self.dtype = config.floatx() if dtype is None else dtype
        if not os.path.isdir(self.directory):
            raise FileNotFoundError(f"There is no folder {self.directory!r}. Check the path of the images.")
        names = list(classes) if classes else _subfolders(self.directory)
        self.num_classes = len(names)
        self.class_indices = {name: label for label, name in enumerate(names)}
        self.filenames: list[str] = []
        labels: list[int] = []
        for name in names:
            found = self._files_of(name, follow_links)
            self.filenames += found
            labels += [self.class_indices[name]] * len(found)
        self.samples = len(self.filenames)
        self.classes = np.array(labels, dtype="int32")
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        write_message(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        """Paths of the files."""
        return self._filepaths

    @property
    def labels(self) -> Any:
        """Label of each file."""
        return self.classes

    @property
    def sample_weight(self) -> None:
        """None: files of folders have no weights."""
        return None

    @property
    def nb_class(self) -> int:
        """Number of classes, as Keras 1 calls it."""
        return self.num_classes

    def _files_of(self, name: str, follow_links: bool) -> list[str]:
        """Return the paths, below the folder, of the files of a class that belong to the part that is wanted."""
        folder = os.path.join(self.directory, name)
        if not os.path.isdir(folder):
            warn_user(f"There is no folder {folder!r} for the class {name!r}: it has no images.")
        found = list(_files_in(folder, self.white_list_formats, follow_links))
        if self.split is not None:
            found = found[int(self.split[0] * len(found)) : int(self.split[1] * len(found))]
        return [os.path.relpath(path, self.directory) for path in found]


def _subfolders(directory: str) -> list[str]:
    return [name for name in sorted(os.listdir(directory)) if os.path.isdir(os.path.join(directory, name))]


def _files_in(folder: str, suffixes: tuple[str, ...], follow_links: bool) -> IteratorOf[str]:
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        for name in sorted(names):
            if name.lower().endswith(suffixes):
                yield os.path.join(root, name)
