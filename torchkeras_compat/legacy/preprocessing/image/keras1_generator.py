"""`ImageDataGenerator` as Keras 1 had it: shears in radians, nearest pixels, its own order of random numbers."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.legacy.preprocessing.image.affine import apply_transform
from torchkeras_compat.legacy.preprocessing.image.array_iterator import NumpyArrayIterator
from torchkeras_compat.legacy.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras_compat.legacy.preprocessing.image.generator import Array, ImageDataGenerator
from torchkeras_compat.legacy.preprocessing.image.random_geometry import flip_axis


class Keras1ImageDataGenerator(ImageDataGenerator):
    """Yields batches of images without end, each changed at random as Keras 1.2 did it.

    It differs from the later one: ``shear_range`` is in radians; shifts are always fractions of the height and width,
    and are along the axis that they are named after; the nearest pixel counts, around a center half a pixel further;
    each channel is shifted by its own number; ``samplewise`` settings are of each pixel over its channels; ``fit`` does
    not rescale.

    Args:
        featurewise_center: Whether to subtract the mean of each channel that ``fit`` found.
        samplewise_center: Whether to subtract the mean of each pixel.
        featurewise_std_normalization: Whether to divide by the standard deviation of each channel that ``fit`` found.
        samplewise_std_normalization: Whether to divide by the standard deviation of each pixel.
        zca_whitening: Whether to take away the correlations of pixels that ``fit`` found.
        rotation_range: Largest angle, degrees.
        width_shift_range: Largest shift, a fraction of the width.
        height_shift_range: Largest shift, a fraction of the height.
        shear_range: Largest angle of the shear, radians.
        zoom_range: Smallest and largest factor; a number ``z`` for ``[1 - z, 1 + z]``.
        channel_shift_range: Largest number that is added to the values of a channel.
        fill_mode: What lies beyond the edges: ``"nearest"``, ``"constant"``, ``"reflect"`` or ``"wrap"``.
        cval: Value beyond the edges for ``"constant"``.
        horizontal_flip: Whether half of the images have left and right exchanged.
        vertical_flip: Whether half of the images have top and bottom exchanged.
        rescale: Factor of all values, after the changes; None or 0 for none.
        preprocessing_function: Function of an image that returns one of the same shape, after the changes.
        dim_ordering: ``"tf"``, ``"th"``, or ``"default"`` for the global setting.

    Raises:
        ValueError: an argument is none of these.

    Example:
        >>> batches = Keras1ImageDataGenerator(shear_range=0.2).flow(np.zeros((4, 8, 8, 3)), batch_size=2)
        >>> next(batches).shape
        (2, 8, 8, 3)

    Source: Keras 1.2 API, preprocessing/image.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        rotation_range: float = 0.0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Any = None,
        dim_ordering: str = "default",
    ) -> None:
        super().__init__(
            featurewise_center,
            samplewise_center,
            featurewise_std_normalization,
            samplewise_std_normalization,
            zca_whitening,
            rotation_range=rotation_range,
            width_shift_range=width_shift_range,
            height_shift_range=height_shift_range,
            shear_range=shear_range,
            zoom_range=zoom_range,
            channel_shift_range=channel_shift_range,
            fill_mode=fill_mode,
            cval=cval,
            horizontal_flip=horizontal_flip,
            vertical_flip=vertical_flip,
            rescale=rescale,
            preprocessing_function=preprocessing_function,
            interpolation_order=0,
            dim_ordering=dim_ordering,
        )

    def _complete_settings(self) -> None:
        """Keras 1 switches nothing on: each setting is as it was given."""

    @property
    def principal_components(self) -> Any:
        """What ``fit`` found for ``zca_whitening``, as Keras 1 calls it."""
        return self.zca_whitening_matrix

    def flow(  # type: ignore[override]  # the order of Keras 1
        self,
        X: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
    ) -> NumpyArrayIterator:
        """Return batches of images of an array; the arguments are those of `NumpyArrayIterator`."""
        return super().flow(
            X,
            y,
            batch_size,
            shuffle,
            seed=seed,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
        )

    def flow_from_directory(self, *args: Any, **kwargs: Any) -> DirectoryIterator:
        """Return batches of the images in the subfolders of a folder; images are saved as JPEG by default."""
        given = kwargs if len(args) > 10 else {"save_format": "jpeg", **kwargs}
        return super().flow_from_directory(*args, **given)

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """Return random parameters for an image, which :meth:`apply_transform` takes; shears are in radians.

        Args:
            img_shape: Of the image: three numbers.
            seed: Seeds NumPy's random numbers; None leaves them as they are.
        """
        if seed is not None:
            np.random.seed(seed)
        # The order of the draws is part of the numbers.
        drawn: dict[str, Any] = {"theta": _uniform(self.rotation_range)}
        drawn["tx"] = _uniform(self.height_shift_range) * img_shape[self.row_axis - 1]
        drawn["ty"] = _uniform(self.width_shift_range) * img_shape[self.col_axis - 1]
        drawn["shear"] = _uniform(self.shear_range)
        low, high = self.zoom_range
        drawn["zx"], drawn["zy"] = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
        channels = img_shape[self.channel_axis - 1] if self.channel_shift_range else 0
        drawn["channel_shift_intensity"] = [_uniform(self.channel_shift_range) for _ in range(channels)] or None
        drawn["flip_horizontal"] = bool(self.horizontal_flip) and np.random.random() < 0.5
        drawn["flip_vertical"] = bool(self.vertical_flip) and np.random.random() < 0.5
        return drawn

    def apply_transform(self, x: Array, transform_parameters: dict[str, Any]) -> Array:
        """Return an image changed as the parameters say.

        Args:
            x: Shape ``(height, width, channels)``, or as the data format says.
            transform_parameters: What :meth:`get_random_transform` returns; what is missing does not change.
        """
        given = transform_parameters
        rows, columns = x.shape[self.row_axis - 1], x.shape[self.col_axis - 1]
        matrix = _around(_matrix(given), rows / 2 + 0.5, columns / 2 + 0.5)
        axis = self.channel_axis - 1
        x = apply_transform(x, matrix, axis, self.fill_mode, self.cval, self.interpolation_order)
        if given.get("channel_shift_intensity") is not None:
            shape = [1, 1, 1]
            shape[axis] = -1
            shifted = x + np.reshape(given["channel_shift_intensity"], shape).astype(x.dtype)
            x = np.clip(shifted, x.min(), x.max())
        if given.get("flip_horizontal", False):
            x = flip_axis(x, self.col_axis - 1)
        if given.get("flip_vertical", False):
            x = flip_axis(x, self.row_axis - 1)
        return x

    def standardize(self, x: Array) -> Array:
        """Return an image with standardized values; an array of floats is changed in place.

        Args:
            x: The image.
        """
        x = np.asarray(self.preprocessing_function(x) if self.preprocessing_function else x)
        if not np.issubdtype(x.dtype, np.floating):
            x = x.astype(self.dtype)
        if self.rescale:
            x *= self.rescale
        axis = self.channel_axis - 1
        if self.samplewise_center:
            x -= np.mean(x, axis=axis, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, axis=axis, keepdims=True) + 1e-7
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted("featurewise_std_normalization", self.std):
            x /= self.std + 1e-7
        if self.zca_whitening and self._is_fitted("zca_whitening", self.zca_whitening_matrix):
            x = (x.reshape(-1) @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Find what the featurewise settings need, in images as they are.

        Args:
            x: Images, shape ``(samples, height, width, channels)``, or as the data format says.
            augment: Whether to change the images at random first.
            rounds: How many times each image is changed, with ``augment``.
            seed: Seeds NumPy's random numbers; None leaves them as they are.

        Raises:
            ValueError: the images are not of rank 4.
        """
        rescale, whitens = self.rescale, self.zca_whitening
        self.rescale, self.zca_whitening = None, False
        try:
            images = self._fitted_images(x, augment, rounds, seed)
        finally:
            self.rescale, self.zca_whitening = rescale, whitens
        if whitens:
            flat = images.reshape(len(images), -1)
            directions, variances, _ = np.linalg.svd(flat.T @ flat / len(flat))
            self.zca_whitening_matrix = (directions * (1 / np.sqrt(variances + 1e-6))) @ directions.T

    def _fitted_images(self, x: Any, augment: bool, rounds: int, seed: int | None) -> Array:
        """Find the mean and the standard deviation; return the images, standardized by them."""
        images: Array = np.array(x, dtype=self.dtype)
        super().fit(images, seed=seed)  # which checks them
        if augment:
            changed = [self.random_transform(image) for _ in range(rounds) for image in images]
            images = np.stack(changed).astype(self.dtype)
            super().fit(images)
        if self.featurewise_center:
            images -= self.mean
        if self.featurewise_std_normalization:
            images /= self.std + config.epsilon()
        return images


def _uniform(largest: float) -> float:
    """Return a random number of both signs; none is drawn for a range of 0."""
    return np.random.uniform(-largest, largest) if largest else 0


def _matrix(given: dict[str, Any]) -> Array:
    """Return the map of the parameters."""
    theta, shear = np.pi / 180 * given.get("theta", 0), given.get("shear", 0)
    c, s = np.cos(theta), np.sin(theta)
    rotation = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    shift = np.array([[1, 0, given.get("tx", 0)], [0, 1, given.get("ty", 0)], [0, 0, 1]])
    sheared = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])
    zoom = np.diag([given.get("zx", 1), given.get("zy", 1), 1])
    matrix: Array = rotation @ shift @ sheared @ zoom
    return matrix


def _around(matrix: Array, row: float, column: float) -> Array:
    """Return the map around a place."""
    there = np.array([[1, 0, row], [0, 1, column], [0, 0, 1]])
    back = np.array([[1, 0, -row], [0, 1, -column], [0, 0, 1]])
    moved: Array = there @ matrix @ back
    return moved
