"""`RandomCrop`: a window of each image, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import checked_size
from torchkeras_compat.layers.preprocessing.image.boxes import per_box
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.windows import (
    Window,
    cropped_shape,
    in_window,
    moved_into,
    window,
)
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.discrete_distributions import randint
from torchkeras_compat.random.seed_generator import Seed


class CropOrigin(tuple[Any, Any]):
    """First rows and first columns of the windows, as Keras's tuple, with height and width of the images."""

    size: tuple[int, int]


class RandomCrop(ImageLayer):
    """Cuts a window out of each image while training: each at a place of its own.

    In inference, and where an image is smaller than the window, the largest window of the same proportions is taken
    from the middle and resized (bilinear). Boxes move with the pixels; one of which nothing is left gets the label -1.

    Args:
        height: Height of the output.
        width: Width of the output.
        seed: Int for a reproducible stream of places; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        name: Name, unique by default.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, rows, columns, channels)`` or one image.
    Output shape:
        ``(batch, height, width, channels)``, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> RandomCrop(2, 3)(torch.ones(4, 8, 8, 3)).shape
        torch.Size([4, 2, 3, 3])

    Source: Keras API, layers/RandomCrop. Keras cuts all images of a batch at one place, and in inference returns the
    images as they are, which then have another shape than the layer says.
    """

    _moves_beside = True

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, name=name, **kwargs)
        self.height, self.width = checked_size(height, width)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> CropOrigin:
        """Draw the first row and the first column of each window."""
        shape = self._images_shape(data)
        rows, columns = self._size(shape)
        place = window((rows, columns), (self.height, self.width), is_largest=True)
        origin: Any = (place.top, place.left)
        if training and rows >= self.height and columns >= self.width:
            source, batch = self._source(seed), 1 if self._is_single(data) else shape[0]
            images = convert_to_tensor(data["images"] if isinstance(data, dict) else data)
            origin = tuple(
                randint((batch,), 0, spare + 1, seed=source).to(images.device)
                for spare in (rows - self.height, columns - self.width)
            )
        drawn = CropOrigin(origin)
        drawn.size = rows, columns
        return drawn

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        """Return the windows."""
        return self._windows(self._as_floats(images), transformation, "bilinear", training)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> torch.Tensor:
        """Return the windows of the masks, without mixing classes."""
        return self._windows(convert_to_tensor(segmentation_masks), transformation, "nearest", training)

    def _windows(self, x: torch.Tensor, origin: Any, interpolation: str, training: bool) -> torch.Tensor:
        target, size = (self.height, self.width), self._size(x.shape)
        if not training or size[0] < self.height or size[1] < self.width:
            return in_window(x, window(size, target, is_largest=True), target, interpolation, self.data_format)
        top, left = origin
        if isinstance(top, int) and isinstance(left, int):
            return in_window(x, Window(top, left, *target), target, interpolation, self.data_format)
        rows = _from(top, self.height, x)[:, :, None]
        columns = _from(left, self.width, x)[:, None, :]
        sample = torch.arange(x.shape[0], device=x.device)[:, None, None]
        if self.data_format == "channels_last":
            return x[sample, rows, columns]
        return x.movedim(1, -1)[sample, rows, columns].movedim(-1, 1)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any, training: bool = True
    ) -> dict[str, Any]:
        """Return the boxes where their pixels are now; ``transformation`` is one that this layer drew."""
        target, size = (self.height, self.width), getattr(transformation, "size", None)
        if size is None:
            raise ValueError(
                "The boxes of RandomCrop need the size of the images: pass what `get_random_transformation` returned. "
                f"Received: transformation={transformation}"
            )
        boxes, labels = self._box_corners(bounding_boxes, size)
        if training and size[0] >= self.height and size[1] >= self.width:
            top, left = (per_box(torch.as_tensor(n, device=boxes.device).to(boxes), boxes) for n in transformation)
            boxes = boxes - torch.stack([left, top, left, top], dim=-1)
        else:
            boxes = moved_into(boxes, window(size, target, is_largest=True), target)
        return self._boxes_back(bounding_boxes, boxes, labels, target)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input with the height and width of the layer."""
        return cropped_shape(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width, "seed": self.seed}


def _from(start: Any, length: int, x: torch.Tensor) -> torch.Tensor:
    """Indices from a start on: ``(batch, length)``, or ``(1, length)`` for one start."""
    begin = torch.as_tensor(start, device=x.device).long().reshape(-1, 1)
    return begin + torch.arange(length, device=x.device)
