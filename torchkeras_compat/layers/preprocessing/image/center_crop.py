"""`CenterCrop`: the middle of images."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import checked_size
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.windows import cropped_shape, in_window, moved_into, window
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed


class CenterCrop(ImageLayer):
    """Cuts images down to a size around their middle, in training and inference.

    An image that is smaller is resized (bilinear) from its largest window of the target's proportions. Boxes move with
    the pixels; one of which nothing is left gets the label -1.

    Args:
        height: Height of the output.
        width: Width of the output.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, rows, columns, channels)`` or one image.
    Output shape:
        ``(batch, height, width, channels)``, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> CenterCrop(1, 2)(torch.arange(12.0).reshape(3, 4, 1)).flatten()
        tensor([5., 6.])

    Source: Keras API, layers/CenterCrop.
    """

    _moves_beside = True

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = checked_size(height, width)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any]:
        """Return the shape of the images; nothing is drawn."""
        return {"input_shape": self._images_shape(data)}

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the middle of the images."""
        return self._middle(self._as_floats(images), "bilinear")

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> torch.Tensor:
        """Return the middle of the masks, without mixing classes."""
        return self._middle(convert_to_tensor(segmentation_masks), "nearest")

    def _middle(self, x: torch.Tensor, interpolation: str) -> torch.Tensor:
        place = window(self._size(x.shape), (self.height, self.width))
        return in_window(x, place, (self.height, self.width), interpolation, self.data_format)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> dict[str, Any]:
        """Return the boxes where their pixels are now."""
        size, target = self._size(transformation["input_shape"]), (self.height, self.width)
        boxes, labels = self._box_corners(bounding_boxes, size)
        return self._boxes_back(bounding_boxes, moved_into(boxes, window(size, target), target), labels, target)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input with the height and width of the layer."""
        return cropped_shape(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}
