"""`RandomFlip`: images mirrored at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import one_of
from torchkeras_compat.layers.preprocessing.image.boxes import per_box
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed

HORIZONTAL, VERTICAL, BOTH = "horizontal", "vertical", "horizontal_and_vertical"


class RandomFlip(ImageLayer):
    """Mirrors each image with probability 1/2 while training; boxes and masks with it.

    Args:
        mode: ``"horizontal"`` (left and right change places), ``"vertical"`` or ``"horizontal_and_vertical"``, which
            does both to the same images.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> flip = RandomFlip("horizontal")
        >>> flip.transform_images(torch.tensor([[[[1.0], [2.0]]]]), {"flips": torch.tensor([True])}).flatten()
        tensor([2., 1.])

    Source: Keras API, layers/RandomFlip.
    """

    _moves_beside = True

    def __init__(
        self, mode: str = BOTH, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.mode = one_of("mode", mode, (HORIZONTAL, VERTICAL, BOTH))
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw whether each image is mirrored; None unless ``training``."""
        if not training:
            return None
        shape = self._images_shape(data)
        drawn = self._draw(data, 0.0, 1.0, self._source(seed), (1,) * (len(shape) - 1 if len(shape) > 3 else 2))
        return {"flips": drawn <= 0.5, "input_shape": shape}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        """Return the images, mirrored where ``"flips"`` says so."""
        x = self._as_floats(images)
        return self._flipped(x, transformation) if training and transformation is not None else x

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any, training: bool = True
    ) -> torch.Tensor:
        """Return the masks, mirrored as the images are."""
        x = convert_to_tensor(segmentation_masks)
        return self._flipped(x, transformation) if training and transformation is not None else x

    def _flipped(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        axes = [self._width_axis] if self.mode != VERTICAL else []
        axes += [self._height_axis] if self.mode != HORIZONTAL else []
        flips = convert_to_tensor(transformation["flips"]).to(x.device).bool()
        return torch.where(flips.reshape(-1, *(1,) * (x.ndim - 1)), x.flip(axes), x)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Return the boxes, mirrored as the images are."""
        if not training or transformation is None:
            return bounding_boxes
        size = self._size(transformation["input_shape"])
        boxes, labels = self._box_corners(bounding_boxes, size)
        flips = per_box(convert_to_tensor(transformation["flips"]).to(boxes.device).bool(), boxes).unsqueeze(-1)
        left, top, right, bottom = boxes.unbind(-1)
        if self.mode != VERTICAL:
            left, right = size[1] - right, size[1] - left
        if self.mode != HORIZONTAL:
            top, bottom = size[0] - bottom, size[0] - top
        flipped = torch.stack([left, top, right, bottom], dim=-1)
        return self._boxes_back(bounding_boxes, torch.where(flips, flipped, boxes), labels, size)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed, "mode": self.mode}
