"""`MaxNumBoundingBoxes`: as many boxes for each image."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.layers.preprocessing.image import boxes as box_formats
from torchkeras_compat.layers.preprocessing.image.arguments import is_number
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor


class MaxNumBoundingBoxes(ImageLayer):
    """Leaves the first boxes and labels of each image, or adds some, to a number, in training and inference.

    Args:
        max_number: The number, a positive int.
        fill_value: Coordinates and label of what is added.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        A dictionary with ``"bounding_boxes"``: ``"boxes"`` of ``(batch, boxes, 4)`` and ``"labels"`` of
        ``(batch, boxes)``. Images, labels and masks stay as they are.
    Output shape:
        ``(batch, max_number, 4)`` and ``(batch, max_number)``.

    Raises:
        ValueError: an argument or the boxes are not as above.

    Example:
        >>> layer = MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
        >>> boxes = {"boxes": torch.ones(1, 1, 4), "labels": torch.tensor([[3]])}
        >>> layer.transform_bounding_boxes(boxes, None)["labels"]
        tensor([[ 3, -1]])

    Source: Keras API, layers/MaxNumBoundingBoxes.
    """

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(max_number, bool) or not isinstance(max_number, int) or max_number < 1:
            raise ValueError(f"`max_number` must be a positive integer. Received: max_number={max_number!r}")
        if not is_number(fill_value):
            raise ValueError(f"`fill_value` must be a number. Received: fill_value={fill_value!r}")
        self.max_number, self.fill_value = max_number, fill_value

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images as they are."""
        x: torch.Tensor = convert_to_tensor(images)
        return x

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> dict[str, Any]:
        """Return as many boxes for each image."""
        boxes, labels = box_formats.parts(bounding_boxes)
        missing = self.max_number - boxes.shape[-2]
        done = {**bounding_boxes, "boxes": F.pad(boxes, (0, 0, 0, missing), value=self.fill_value)}
        return done if labels is None else {**done, "labels": F.pad(labels, (0, missing), value=self.fill_value)}

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input, with as many boxes."""
        if not isinstance(input_shape, dict) or "bounding_boxes" not in input_shape:
            return input_shape
        boxes = dict(input_shape["bounding_boxes"])
        for name, axis in (("boxes", -2), ("labels", -1)):
            if name in boxes:
                shape = list(boxes[name])
                shape[axis] = self.max_number
                boxes[name] = tuple(shape)
        return {**input_shape, "bounding_boxes": boxes}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_number": self.max_number, "fill_value": self.fill_value}
