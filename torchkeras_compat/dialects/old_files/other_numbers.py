"""What of old files computes other numbers here than in the Keras that wrote them, which a warning says."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.config import image_data_format
from torchkeras_compat.dialects.old_files.versions import FileVersion
from torchkeras_compat.user_warnings import warn_user

_BICUBIC = ("Resizing", "UpSampling2D")
# Layers whose order of axes Keras 1 did not write.
_WITHOUT_ORDERING = tuple(
    f"{name}{axes}" for name in ("Cropping", "SpatialDropout", "UpSampling", "ZeroPadding") for axes in ("2D", "3D")
)


def has_unwritten_ordering(layer: str, settings: dict[str, Any], version: FileVersion) -> bool:
    """Return whether a layer of Keras 1 has an order of axes that is not in the file.

    Args:
        layer: Its class of today.
        settings: Its settings in the file.
        version: Which Keras wrote them.
    """
    return version.major < 2 and layer in _WITHOUT_ORDERING and "dim_ordering" not in settings


def warn_of_unwritten_ordering(layer: str) -> None:
    """Warn that the order of axes of a layer is guessed.

    Args:
        layer: Its class.
    """
    warn_user(
        f"The file does not say the order of the axes of its {layer}, which Keras 1 did not write, and its other layers"
        f" do not tell: {image_data_format()!r} is taken. If it was the other, call"
        " `keras.config.set_image_data_format` before loading."
    )


def warn_of_other_numbers(layer: str, settings: dict[str, Any], version: FileVersion) -> None:
    """Warn if a layer computes what the Keras of the file computed by another rule.

    Args:
        layer: Its class of today.
        settings: Its settings in the file.
        version: Which Keras wrote them.
    """
    if layer == "RandomCrop" and version.is_in((2, 4), (2, 6)):
        warn_user(
            f"A RandomCrop of tf.keras {version.major}.{version.minor} resized images and then cropped them when it was"
            " not training; this one crops first. Where numbers matter, use `Resizing` and `CenterCrop` for prediction."
        )
    if version.is_tf and layer in _BICUBIC and settings.get("interpolation") == "bicubic":
        warn_user(
            f"A {layer} of tf.keras with interpolation='bicubic' had the kernel of Keys with a = -1/2; Keras 3 on torch"
            " has a = -3/4, which gives somewhat other pixels. Resize the images beforehand where numbers matter, by"
            " `keras.ops.image.scale_and_translate` with method='cubic'."
        )
