"""`Resizing`: images in another size."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import checked_size, is_number, one_of
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.windows import Window, cropped_shape, moved_into
from torchkeras_compat.ops.image.resizing import resize
from torchkeras_compat.random.seed_generator import Seed

INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


class Resizing(ImageLayer):
    """Resizes images, in training and inference.

    Args:
        height: Height of the output.
        width: Width of the output.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        crop_to_aspect_ratio: Whether to cut the images to the proportions of the output first.
        pad_to_aspect_ratio: Whether to pad the images to the proportions of the output first.
        fill_mode: Only ``"constant"``.
        fill_value: What to pad with.
        antialias: Whether to average over what shrinks into one pixel.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, rows, columns, channels)`` or one image.
    Output shape:
        ``(batch, height, width, channels)``, in the dtype of the images; integers are rounded.

    Raises:
        ValueError: an argument is not as above, or the images are both to be cropped and padded.

    Example:
        >>> Resizing(1, 2)(torch.arange(8.0).reshape(2, 4, 1)).flatten()
        tensor([2.5000, 4.5000])

    Source: Keras API, layers/Resizing.
    """

    _moves_beside = True

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = checked_size(height, width)
        self.interpolation = one_of("interpolation", interpolation, INTERPOLATIONS)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
        if not is_number(fill_value):
            raise ValueError(f"`fill_value` must be a number. Received: fill_value={fill_value!r}")
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = one_of("fill_mode", fill_mode, ("constant",))
        self.fill_value = fill_value
        self.antialias = antialias

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> tuple[int, int]:
        """Return height and width of the images; nothing is drawn."""
        height, width = self._size(self._images_shape(data))
        return height, width

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images resized."""
        return self._resized(images, self.interpolation, self.antialias)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> torch.Tensor:
        """Return the masks resized, without mixing classes."""
        return self._resized(segmentation_masks, "nearest", False)

    def _resized(self, images: Any, interpolation: str, antialias: bool) -> torch.Tensor:
        resized: torch.Tensor = resize(
            images,
            (self.height, self.width),
            interpolation=interpolation,
            antialias=antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )
        return resized

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> dict[str, Any]:
        """Return the boxes where their pixels are now."""
        rows, columns = (int(n) for n in transformation)
        boxes, labels = self._box_corners(bounding_boxes, (rows, columns))
        height, width = rows, columns
        if self.crop_to_aspect_ratio:
            height = min(rows, int(columns * self.height / self.width)) or 1
            width = min(columns, int(rows * self.width / self.height)) or 1
        elif self.pad_to_aspect_ratio:
            height = max(rows, int(columns * self.height / self.width))
            width = max(columns, int(rows * self.width / self.height))
        # What is padded starts before the image.
        top, left = _half(rows - height), _half(columns - width)
        target = (self.height, self.width)
        boxes = moved_into(boxes, Window(top, left, height, width), target)
        return self._boxes_back(bounding_boxes, boxes, labels, target)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input with the height and width of the layer."""
        return cropped_shape(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


def _half(n: int) -> int:
    """Half of a number of pixels, rounded towards 0."""
    return n // 2 if n >= 0 else -(-n // 2)
