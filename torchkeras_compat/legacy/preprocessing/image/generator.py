"""`ImageDataGenerator`: batches of images, each changed at random, from arrays, folders and data frames."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.errors import nearest
from torchkeras_compat.legacy.preprocessing.image.affine import apply_affine_transform
from torchkeras_compat.legacy.preprocessing.image.affine_sampling import FILL_MODES
from torchkeras_compat.legacy.preprocessing.image.array_iterator import NumpyArrayIterator, check_images
from torchkeras_compat.legacy.preprocessing.image.colors import apply_channel_shift, brightened
from torchkeras_compat.legacy.preprocessing.image.dataframe_iterator import DataFrameIterator
from torchkeras_compat.legacy.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras_compat.legacy.preprocessing.image.old_frames import frame_of_old_arguments
from torchkeras_compat.legacy.preprocessing.image.old_layout import layout
from torchkeras_compat.legacy.preprocessing.image.random_geometry import flip_axis
from torchkeras_compat.user_warnings import warn_user

Array = np.ndarray[Any, Any]


class ImageDataGenerator:
    """Yields batches of images without end, each image changed at random and its values standardized.

    For one seed of NumPy's random numbers the images are those of Keras 2.15: it draws in the same order.

    Args:
        featurewise_center: Whether to subtract the mean of each channel that ``fit`` found.
        samplewise_center: Whether to subtract the mean of each image.
        featurewise_std_normalization: Whether to divide by the standard deviation of each channel that ``fit`` found.
        samplewise_std_normalization: Whether to divide by the standard deviation of each image.
        zca_whitening: Whether to take away the correlations of pixels that ``fit`` found.
        zca_epsilon: Added to singular values.
        rotation_range: Largest angle, degrees.
        width_shift_range: Largest shift: a fraction of the width if below 1, pixels else; an int ``n`` for whole pixels
            below it, both ways; or a list of the shifts to choose from, both ways.
        height_shift_range: The same of the height. (`apply_affine_transform` says along which axis Keras moves.)
        brightness_range: Smallest and largest factor of all values, which Pillow multiplies.
        shear_range: Largest angle of the shear, degrees.
        zoom_range: Smallest and largest factor; a number ``z`` for ``[1 - z, 1 + z]``.
        channel_shift_range: Largest number that is added to all values.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        horizontal_flip: Whether half of the images have left and right exchanged.
        vertical_flip: Whether half of the images have top and bottom exchanged.
        rescale: Factor of all values, after the changes; None or 0 for none.
        preprocessing_function: Function of an image that returns one of the same shape, after the changes.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        validation_split: Fraction of the samples for validation, the first ones.
        interpolation_order: Of the spline, 0 to 5; 2 and more need SciPy.
        dtype: Of the images; None for ``floatx``.
        dim_ordering: The name of ``data_format`` in Keras 1: ``"tf"`` or ``"th"``.

    Attributes:
        mean: Of each channel, found by ``fit``.
        std: Of each channel, found by ``fit``.
        zca_whitening_matrix: Found by ``fit``.

    Raises:
        ValueError: an argument is none of these.

    Example:
        >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True, validation_split=0.2)
        >>> images, labels = np.full((10, 8, 8, 3), 255.0), np.arange(10)
        >>> train = generator.flow(images, labels, batch_size=4, subset="training", ignore_class_split=True)
        >>> x, y = next(train)
        >>> len(train), x.shape, float(x.max())
        (2, (4, 8, 8, 3), 1.0)

    Source: Keras 2.15 API, preprocessing/image.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Any = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Any = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
        *,
        dim_ordering: str | None = None,
    ) -> None:
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = _pair_or_none("brightness_range", brightness_range)
        self.shear_range = shear_range
        if np.ndim(zoom_range) == 0:
            zoom_range = [1 - zoom_range, 1 + zoom_range]
        self.zoom_range = _pair_or_none("zoom_range", zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = config.floatx() if dtype is None else dtype
        self.interpolation_order = interpolation_order
        self.data_format = layout(data_format, dim_ordering)
        is_last = self.data_format == "channels_last"
        self.channel_axis, self.row_axis, self.col_axis = (3, 1, 2) if is_last else (1, 2, 3)
        if fill_mode not in FILL_MODES:
            raise ValueError(f"`fill_mode` must be one of {', '.join(map(repr, FILL_MODES))}. Received: {fill_mode!r}")
        if interpolation_order not in range(6):
            raise ValueError(f"`interpolation_order` must be in 0..5. Received: {interpolation_order!r}")
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"`validation_split` must be strictly between 0 and 1. Received: {validation_split}")
        self._validation_split = validation_split
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None
        self._complete_settings()

    def _complete_settings(self) -> None:
        """Switch on what other settings need, and say so."""
        needed = [
            ("zca_whitening", "featurewise_center", True),
            ("zca_whitening", "featurewise_std_normalization", False),
            ("featurewise_std_normalization", "featurewise_center", True),
            ("samplewise_std_normalization", "samplewise_center", True),
        ]
        for setting, other, value in needed:
            if getattr(self, setting) and bool(getattr(self, other)) is not value:
                setattr(self, other, value)
                warn_user(f"ImageDataGenerator: `{setting}` sets `{other}={value}`. Pass that, too.")

    def flow(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
        *,
        X: Any = None,
    ) -> NumpyArrayIterator:
        """Return batches of images of an array; the arguments are those of `NumpyArrayIterator`.

        Args:
            x: Images, shape ``(samples, height, width, channels)``, or as the data format says.
            y: Targets, or None.
            batch_size: Samples a batch.
            shuffle: Whether each epoch has a new order.
            sample_weight: Shape ``(samples,)``, or None.
            seed: Of the order and the changes.
            save_to_dir: Folder to write the changed images to; None for none.
            save_prefix: Beginning of the names of these files.
            save_format: Their suffix.
            ignore_class_split: Whether the two parts may have different values in ``y``.
            subset: ``"training"``, ``"validation"``, or None for all samples.
            X: The name of ``x`` in Keras 1.

        Raises:
            TypeError: there are no images.
            ValueError: as `NumpyArrayIterator` does.
        """
        images = x if X is None else X
        if images is None:
            raise TypeError("`flow` needs images: flow(x, y). Received: x=None")
        return NumpyArrayIterator(
            images,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            sample_weight=sample_weight,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            ignore_class_split=ignore_class_split,
            subset=subset,
            dtype=self.dtype,
        )

    def flow_from_directory(
        self,
        directory: str | os.PathLike[str],
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Return batches of the images in the subfolders of a folder; the arguments are those of `DirectoryIterator`.

        Raises:
            FileNotFoundError, ValueError: as `DirectoryIterator` does.
        """
        return DirectoryIterator(
            directory,
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keep_aspect_ratio,
            dtype=self.dtype,
        )

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Return batches of the images that a data frame names; the arguments are those of `DataFrameIterator`.

        Args:
            kwargs: Of older versions: ``has_ext=False`` for file names without suffixes, ``drop_duplicates=True`` to
                leave out rows with the name of an earlier one, ``sort=True`` for the order of the names. And
                ``keep_aspect_ratio``. ``class_mode="other"`` is the older name of ``"raw"``.

        Raises:
            TypeError: another argument.
            ValueError, TypeError, KeyError: as `DataFrameIterator` does.
        """
        keeps = kwargs.pop("keep_aspect_ratio", False)
        unknown = sorted(kwargs.keys() - {"has_ext", "drop_duplicates", "sort"})
        if unknown:
            raise TypeError(f"`flow_from_dataframe` has no argument {unknown[0]!r}.{nearest(unknown[0], _FRAME_NAMES)}")
        return DataFrameIterator(
            frame_of_old_arguments(dataframe, directory, x_col, **kwargs) if kwargs else dataframe,
            directory,
            self,
            x_col=x_col,
            y_col=y_col,
            weight_col=weight_col,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode="raw" if class_mode == "other" else class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keeps,
            dtype=self.dtype,
            validate_filenames=validate_filenames,
        )

    def standardize(self, x: Array) -> Array:
        """Return images with standardized values; an array of floats is changed in place, as in Keras.

        Args:
            x: An image, or a batch of them.

        Returns:
            The shape of ``x``.
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        x = np.asarray(x)
        if not np.issubdtype(x.dtype, np.floating):
            x = x.astype(self.dtype)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted("featurewise_std_normalization", self.std):
            x /= self.std + 1e-6
        if self.zca_whitening and self._is_fitted("zca_whitening", self.zca_whitening_matrix):
            flat = x.reshape(-1, np.prod(x.shape[-3:]))
            x = np.reshape(flat @ self.zca_whitening_matrix, x.shape)
        return x

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """Return random parameters for an image, which :meth:`apply_transform` takes.

        Args:
            img_shape: Of the image: three numbers.
            seed: Seeds NumPy's random numbers; None leaves them as they are.
        """
        if seed is not None:
            np.random.seed(seed)
        # The order of the draws is part of the numbers.
        drawn: dict[str, Any] = {"theta": _uniform(self.rotation_range)}
        drawn["tx"] = _shift(self.height_shift_range, img_shape[self.row_axis - 1])
        drawn["ty"] = _shift(self.width_shift_range, img_shape[self.col_axis - 1])
        drawn["shear"] = _uniform(self.shear_range)
        low, high = self.zoom_range
        drawn["zx"], drawn["zy"] = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
        drawn["flip_horizontal"] = (np.random.random() < 0.5) * self.horizontal_flip
        drawn["flip_vertical"] = (np.random.random() < 0.5) * self.vertical_flip
        drawn["channel_shift_intensity"] = _uniform(self.channel_shift_range) if self.channel_shift_range else None
        drawn["brightness"] = None if self.brightness_range is None else np.random.uniform(*self.brightness_range)
        return drawn

    def apply_transform(self, x: Array, transform_parameters: dict[str, Any]) -> Array:
        """Return an image changed as the parameters say.

        Args:
            x: Shape ``(height, width, channels)``, or as the data format says.
            transform_parameters: ``theta``, ``tx``, ``ty``, ``shear``, ``zx`` and ``zy`` of `apply_affine_transform`;
                ``flip_horizontal`` and ``flip_vertical``; ``channel_shift_intensity``, which is added to all values;
                ``brightness``, which they are multiplied by. What is missing does not change.
        """
        given = transform_parameters
        x = apply_affine_transform(
            x,
            **{name: given.get(name, 0) for name in ("theta", "tx", "ty", "shear")},
            **{name: given.get(name, 1) for name in ("zx", "zy")},
            row_axis=self.row_axis - 1,
            col_axis=self.col_axis - 1,
            channel_axis=self.channel_axis - 1,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], self.channel_axis - 1)
        if given.get("flip_horizontal", False):
            x = flip_axis(x, self.col_axis - 1)
        if given.get("flip_vertical", False):
            x = flip_axis(x, self.row_axis - 1)
        if given.get("brightness") is not None:
            x = brightened(x, given["brightness"], False, self.data_format)
        return x

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Return an image changed at random.

        Args:
            x: Shape ``(height, width, channels)``, or as the data format says.
            seed: Seeds NumPy's random numbers; None leaves them as they are.
        """
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Find the mean, the standard deviation and the correlations that the featurewise settings need.

        Images are rescaled first, as in Keras 2.15; Keras 2.3 did not do that.

        Args:
            x: Images, shape ``(samples, height, width, channels)``, or as the data format says.
            augment: Whether to change the images at random first.
            rounds: How many times each image is changed, with ``augment``.
            seed: Seeds NumPy's random numbers; None leaves them as they are.

        Raises:
            ValueError: the images are not of rank 4.
        """
        images: Array = np.array(x, dtype=self.dtype)
        check_images(images, self.data_format, "ImageDataGenerator.fit")
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            images *= self.rescale
        if augment:
            changed = [self.random_transform(image) for _ in range(rounds) for image in images]
            images = np.stack(changed).astype(self.dtype)
        axes, shape = (0, self.row_axis, self.col_axis), [1, 1, 1]
        shape[self.channel_axis - 1] = images.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = np.mean(images, axis=axes).reshape(shape)
            images -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(images, axis=axes).reshape(shape)
            images /= self.std + 1e-6
        if self.zca_whitening:
            flat = images.reshape(len(images), -1)
            directions, sizes, _ = np.linalg.svd(flat.T, full_matrices=False)
            scale = np.sqrt(len(images)) / (sizes + self.zca_epsilon)
            self.zca_whitening_matrix = (directions * scale) @ directions.T

    def _is_fitted(self, setting: str, value: Any) -> bool:
        if value is None:
            warn_user(
                f"ImageDataGenerator has `{setting}`, but has not been fitted, so it does nothing yet. Call "
                "`.fit(images)` first."
            )
        return value is not None


_FRAME_NAMES = (
    "dataframe directory x_col y_col weight_col target_size color_mode classes class_mode batch_size shuffle seed "
    "save_to_dir save_prefix save_format subset interpolation validate_filenames has_ext drop_duplicates sort"
).split()


def _uniform(largest: float) -> float:
    """Return a random number of both signs; none is drawn for a range of 0."""
    return np.random.uniform(-largest, largest) if largest else 0


def _shift(given: Any, size: int) -> Any:
    """Return a random shift in pixels."""
    if np.size(given) == 0 or (np.ndim(given) == 0 and not given):
        return 0
    if np.ndim(given) == 1 or (isinstance(given, (int, np.integer)) and given > 0):
        shift = np.random.choice(given) * np.random.choice([-1, 1])
    else:
        shift = np.random.uniform(-given, given)
    return shift * size if np.max(given) < 1 else shift


def _pair_or_none(name: str, value: Any) -> Any:
    if value is not None and (np.shape(value) != (2,) or not np.issubdtype(np.asarray(value).dtype, np.number)):
        raise ValueError(f"`{name}` should be a tuple or list of two numbers. Received: {value!r}")
    return value
