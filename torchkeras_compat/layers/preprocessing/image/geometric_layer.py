"""`GeometricLayer`: images read at other places, by one affine transform each."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import is_number, one_of
from torchkeras_compat.layers.preprocessing.image.boxes import moved
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.warping import affine_transform

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


class GeometricLayer(ImageLayer):
    """Base of the layers that move the pixels of an image by an affine transform, and boxes and masks with them.

    Args:
        fill_mode: What lies outside: ``"reflect"``, ``"wrap"``, ``"constant"`` or ``"nearest"``.
        interpolation: ``"bilinear"`` or ``"nearest"``, for images; masks are read at the nearest pixel.
        fill_value: The constant.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Raises:
        NotImplementedError: ``fill_mode`` or ``interpolation`` is unknown.
        ValueError: another argument is not as above.
    """

    _moves_beside = True
    _fill_modes: tuple[str, ...] = FILL_MODES

    def __init__(
        self, *, fill_mode: str, interpolation: str, fill_value: float, seed: int | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.fill_mode = one_of("fill_mode", fill_mode, self._fill_modes, NotImplementedError)
        self.interpolation = one_of("interpolation", interpolation, INTERPOLATIONS, NotImplementedError)
        if not is_number(fill_value):
            raise ValueError(f"`fill_value` must be a number. Received: fill_value={fill_value!r}")
        self.fill_value = fill_value
        self._set_seed(seed)

    def _reading(self, transformation: Any, like: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        """Return where each pixel of the output is read: ``(batch, 8)``, as `affine_transform` takes it."""
        raise NotImplementedError

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        """Return the images moved."""
        return self._moved(self._as_floats(images), transformation, self.interpolation, training)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> torch.Tensor:
        """Return the masks moved as the images are, without mixing classes."""
        return self._moved(convert_to_tensor(segmentation_masks), transformation, "nearest", training)

    def _moved(self, x: torch.Tensor, transformation: Any, interpolation: str, training: bool) -> torch.Tensor:
        if not training or transformation is None:
            return x
        like = x if x.dtype is torch.float64 else x.new_empty((), dtype=torch.float32)
        moved_images: torch.Tensor = affine_transform(
            x,
            self._reading(transformation, like, self._size(x.shape)),
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )
        return moved_images

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Return the boxes around the moved corners, clipped to the image."""
        if not training or transformation is None:
            return bounding_boxes
        size = self._transformed_size(transformation)
        boxes, labels = self._box_corners(bounding_boxes, size)
        boxes = moved(boxes, self._reading(transformation, boxes, size))
        return self._boxes_back(bounding_boxes, boxes, labels, size)

    def _transformed_size(self, transformation: Any) -> tuple[int, int]:
        """Return height and width of the images for which a transformation was drawn."""
        height, width = self._size(transformation["input_shape"])
        return height, width

    def _filling(self) -> dict[str, Any]:
        return {
            "fill_mode": self.fill_mode,
            "interpolation": self.interpolation,
            "seed": self.seed,
            "fill_value": self.fill_value,
        }


def rows_of_eight(columns: list[torch.Tensor]) -> torch.Tensor:
    """Return the six numbers of an affine transform, one tensor ``(batch,)`` each, as ``(batch, 8)``."""
    zeros = torch.zeros_like(columns[0])
    return torch.stack([*columns, zeros, zeros], dim=-1)
