"""`BatchFromFilesMixin`: batches of images read from files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat.legacy.preprocessing.image.augmentation import Augmentation, save_batch, split_bounds
from torchkeras_compat.legacy.preprocessing.image.files import img_to_array, load_img
from torchkeras_compat.utils.images import pillow

Array = np.ndarray[Any, Any]
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class BatchFromFilesMixin:
    """What iterators over files have in common; they have ``filepaths``, ``labels``, ``sample_weight`` and ``dtype``.

    Source: Keras 2.15 API, preprocessing/image.
    """

    dtype: Any
    class_mode: str | None
    class_indices: dict[Any, int]
    classes: Any

    def set_processing_attrs(
        self,
        image_data_generator: Augmentation | None,
        target_size: Any,
        color_mode: str,
        data_format: str,
        save_to_dir: str | os.PathLike[str] | None,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool = False,
    ) -> None:
        """Set how files become images.

        Args:
            image_data_generator: Changes each image; None for no change.
            target_size: Height and width that all images are resized to.
            color_mode: ``"rgb"``, ``"rgba"`` or ``"grayscale"``.
            data_format: ``"channels_last"`` or ``"channels_first"``.
            save_to_dir: Folder to write the changed images to; None for none.
            save_prefix: Beginning of the names of these files.
            save_format: Their suffix.
            subset: ``"training"``, ``"validation"``, or None for all files.
            interpolation: As of ``load_img``.
            keep_aspect_ratio: As of ``load_img``.

        Raises:
            ValueError: an argument is none of these.
        """
        size = tuple(target_size) if isinstance(target_size, (tuple, list)) else ()
        if len(size) != 2 or min(size) < 1:
            raise ValueError(f"`target_size` must be (height, width) in pixels. Received: target_size={target_size!r}")
        if color_mode not in _CHANNELS:
            raise ValueError(f'Invalid color mode: {color_mode!r}; expected "rgb", "rgba", or "grayscale".')
        if interpolation not in _INTERPOLATIONS:
            raise ValueError(
                f"Invalid interpolation method {interpolation!r} specified. Supported methods: "
                f"{', '.join(_INTERPOLATIONS)}"
            )
        self.image_data_generator = image_data_generator
        self.target_size = size
        self.keep_aspect_ratio = keep_aspect_ratio
        self.color_mode = color_mode
        self.data_format = data_format
        channels = (_CHANNELS[color_mode],)
        self.image_shape = (*size, *channels) if data_format == "channels_last" else (*channels, *size)
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        self.interpolation = interpolation
        self.split = split_bounds(image_data_generator, subset)
        self.subset = subset

    def _get_batches_of_transformed_samples(self, index_array: Array) -> Any:
        images = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for place, index in enumerate(index_array):
            image = self._read(self.filepaths[index])
            if self.image_data_generator:
                parameters = self.image_data_generator.get_random_transform(image.shape)
                image = self.image_data_generator.apply_transform(image, parameters)
                image = self.image_data_generator.standardize(image)
            images[place] = image
        if self.save_to_dir:
            save_batch(
                images, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10**7
            )
        if self.class_mode is None:
            return images
        targets = self._targets_of(index_array, images)
        weights = self.sample_weight
        return (images, targets) if weights is None else (images, targets, weights[index_array])

    def _read(self, path: str) -> Array:
        """Return a file as an array.

        Raises:
            ValueError: it holds no image, or one that is too large to be one.
        """
        try:
            picture = load_img(
                path,
                color_mode=self.color_mode,
                target_size=self.target_size,
                interpolation=self.interpolation,
                keep_aspect_ratio=self.keep_aspect_ratio,
            )
        except (
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            pillow().DecompressionBombError,
        ) as error:
            if isinstance(error, (FileNotFoundError, PermissionError)):
                raise
            raise ValueError(f"The file {path} cannot be read as an image: {error}. Remove or repair it.") from error
        return img_to_array(picture, self.data_format)

    def _targets_of(self, index_array: Array, images: Array) -> Any:
        """Return the targets of a batch, as ``class_mode`` has it."""
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode == "multi_output":
            return [output[index_array] for output in self.labels]
        if self.class_mode == "raw":
            return self.labels[index_array]
        if self.class_mode == "categorical":
            targets = np.zeros((len(index_array), len(self.class_indices)), dtype=self.dtype)
            for place, index in enumerate(index_array):
                targets[place, self.classes[index]] = 1.0
            return targets
        return np.array([self.classes[index] for index in index_array], dtype=self.dtype)

    @property
    def filepaths(self) -> list[str]:
        """Paths of the files."""
        raise NotImplementedError(f"{type(self).__name__} must define the property `filepaths`: paths of the files.")

    @property
    def labels(self) -> Any:
        """Class labels, or targets, of the files."""
        raise NotImplementedError(f"{type(self).__name__} must define the property `labels`: those of the files.")

    @property
    def sample_weight(self) -> Any:
        """Weights of the files, or None."""
        raise NotImplementedError(f"{type(self).__name__} must define the property `sample_weight`, or None as it.")
