"""`NumpyArrayIterator`: batches of images of an array, each changed at random."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.legacy.preprocessing.image.augmentation import Augmentation, save_batch, split_bounds
from torchkeras_compat.legacy.preprocessing.image.iterator import Array, Iterator
from torchkeras_compat.legacy.preprocessing.image.old_layout import layout
from torchkeras_compat.user_warnings import warn_user


class NumpyArrayIterator(Iterator):
    """Batches of images of an array, with targets and weights if there are any.

    Args:
        x: Images, shape ``(samples, height, width, channels)``, or as ``data_format`` says. A pair of them and of an
            array or a list of arrays: those come along unchanged, as further inputs.
        y: Targets, shape ``(samples, ...)``, or None.
        image_data_generator: Changes each image.
        batch_size: Samples a batch.
        shuffle: Whether each epoch has a new order.
        sample_weight: Shape ``(samples,)``, or None.
        seed: Of the order and the changes.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        save_to_dir: Folder to write the changed images to; None for none.
        save_prefix: Beginning of the names of these files.
        save_format: Their suffix.
        subset: ``"training"``, ``"validation"``, or None for all samples.
        ignore_class_split: Whether the two parts may have different values in ``y``.
        dtype: Of the images; None for ``floatx``.

    Raises:
        ValueError: lengths differ, the images are not of rank 4, the two parts have different values in ``y``, or an
            argument is none of these.

    Example:
        >>> from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator
        >>> batches = ImageDataGenerator().flow(np.zeros((5, 4, 4, 3)), np.arange(5), batch_size=2, shuffle=False)
        >>> images, labels = batches.next()
        >>> images.shape, labels.tolist()
        ((2, 4, 4, 3), [0, 1])

    Source: Keras 2.15 API, preprocessing/image.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Augmentation,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | os.PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: Any = None,
    ) -> None:
        self.dtype = config.floatx() if dtype is None else dtype
        self.data_format = layout(data_format)
        x, misc = _images_and_others(x)
        for name, values in (("y", y), ("sample_weight", sample_weight)):
            if values is not None and len(values) != len(x):
                raise ValueError(
                    f"`x` (images) and `{name}` should have the same length. Received: x.shape={np.shape(x)}, "
                    f"{name}.shape={np.shape(values)}"
                )
        bounds = split_bounds(image_data_generator, subset)
        if bounds is not None:
            boundary = int(len(x) * image_data_generator._validation_split)
            if y is not None and not ignore_class_split:
                _check_classes(y, boundary)
            part = slice(boundary) if subset == "validation" else slice(boundary, None)
            x, misc = x[part], [values[part] for values in misc]
            y = y if y is None else y[part]
            sample_weight = sample_weight if sample_weight is None else sample_weight[part]
        self.x: Array = np.asarray(x, dtype=self.dtype)
        self.x_misc = misc
        check_images(self.x, self.data_format, "NumpyArrayIterator")
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self.image_data_generator = image_data_generator
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: Array) -> Any:
        images = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for place, index in enumerate(index_array):
            image = self.x[index]
            parameters = self.image_data_generator.get_random_transform(image.shape)
            image = self.image_data_generator.apply_transform(image.astype(self.dtype), parameters)
            images[place] = self.image_data_generator.standardize(image)
        if self.save_to_dir:
            save_batch(
                images, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10**4
            )
        inputs = [images, *(values[index_array] for values in self.x_misc)] if self.x_misc else images
        if self.y is None:
            return inputs
        batch = (inputs, self.y[index_array])
        return batch if self.sample_weight is None else (*batch, self.sample_weight[index_array])


def check_images(x: Array, data_format: str, what: str) -> None:
    """Check that an array holds images, and warn if their channels seem to lie on another axis.

    Raises:
        ValueError: it has not four axes.
    """
    if x.ndim != 4:
        raise ValueError(f"Input data in `{what}` should have rank 4. Received an array with shape {x.shape}")
    axis = 3 if data_format == "channels_last" else 1
    if x.shape[axis] not in (1, 3, 4):
        warn_user(
            f"{what} uses the data format {data_format!r} (channels on axis {axis}), and expects 1, 3 or 4 channels. "
            f"Received an array with shape {x.shape} ({x.shape[axis]} channels)."
        )


def _images_and_others(x: Any) -> tuple[Any, list[Array]]:
    """Return the images, and what comes along with them."""
    if not isinstance(x, (tuple, list)):
        return x, []
    if len(x) != 2:
        raise ValueError(
            "`x` is an array of images, or a pair of them and of one or a list of further arrays. Received a "
            f"{type(x).__name__} of {len(x)}. Make one array of the images, with np.stack."
        )
    others = [np.asarray(values) for values in (x[1] if isinstance(x[1], list) else [x[1]])]
    for values in others:
        if len(values) != len(x[0]):
            raise ValueError(
                "All of the arrays in `x` should have the same length. Received: "
                f"{len(x[0])} images and an array of {len(values)}"
            )
    return x[0], others


def _check_classes(y: Any, boundary: int) -> None:
    if not np.array_equal(np.unique(y[:boundary]), np.unique(y[boundary:])):
        raise ValueError(
            "Training and validation subsets have different classes after the split. If your arrays are sorted by the "
            "label, shuffle them; if `y` is not of classes, pass `ignore_class_split=True`."
        )
