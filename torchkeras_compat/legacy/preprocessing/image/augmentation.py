"""What a batch of images goes through: a random change of each, and standardized values."""

from __future__ import annotations

import os
from typing import Any, Protocol

import numpy as np

from torchkeras_compat.legacy.preprocessing.image.files import array_to_img

Array = np.ndarray[Any, Any]


class Augmentation(Protocol):
    """What iterators ask of an ``ImageDataGenerator``."""

    _validation_split: float

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]: ...

    def apply_transform(self, x: Array, transform_parameters: dict[str, Any]) -> Array: ...

    def standardize(self, x: Array) -> Array: ...


def split_bounds(generator: Augmentation | None, subset: str | None) -> tuple[float, float] | None:
    """Return the fractions of the samples at which a part begins and ends, or None for all of them.

    Args:
        generator: Whose ``validation_split`` counts.
        subset: ``"validation"`` for the first samples, ``"training"`` for the others, or None.

    Raises:
        ValueError: another ``subset``, or there is no ``validation_split`` to take a validation part of.
    """
    if subset is None:
        return None
    if subset not in ("training", "validation"):
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    fraction = getattr(generator, "_validation_split", 0.0) or 0.0
    if subset == "validation" and not fraction:
        raise ValueError(
            'subset="validation" needs a part to validate on. Give `validation_split` to the ImageDataGenerator.'
        )
    return (0.0, fraction) if subset == "validation" else (fraction, 1.0)


def save_batch(
    images: Array, indices: Array, folder: str | os.PathLike[str], prefix: str, form: str, layout: str, largest: int
) -> None:
    """Write the images of a batch as ``<prefix>_<index>_<random number>.<form>``, stretched to 0..255.

    Args:
        images: Shape ``(batch, ...)``.
        indices: Of the samples.
        folder: Where; it must be there.
        prefix: Beginning of the names.
        form: Suffix: ``"png"``, ``"jpeg"``, ...
        layout: Data format of the images.
        largest: Random numbers are below it.
    """
    for image, index in zip(images, indices):
        picture = array_to_img(image, layout, scale=True)
        picture.save(os.path.join(folder, f"{prefix}_{index}_{np.random.randint(largest)}.{form}"))
