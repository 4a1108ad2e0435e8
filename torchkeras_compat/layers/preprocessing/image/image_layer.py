"""`ImageLayer`: what the layers of images have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.image import boxes as box_formats
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.continuous_distributions import uniform
from torchkeras_compat.random.seed_generator import Seed, SeedGenerator


class ImageLayer(Layer):
    """Base of the layers that transform images, and what is known of them.

    A call draws one transformation for each image of the batch (:meth:`get_random_transformation`) and applies it to
    the images, and in a dictionary also to ``"labels"``, ``"bounding_boxes"`` and ``"segmentation_masks"``; other keys
    stay as they are. Subclasses define :meth:`get_random_transformation` and the ``transform_...`` methods.

    A layer transforms unless ``training=False``, ``eval()``, `evaluate` or `predict` say otherwise, in a model too: its
    `call` trains by default.

    Args:
        bounding_box_format: Format of the boxes in dictionaries, such as ``"xyxy"`` or ``"rel_xywh"``.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, height, width, channels)`` or ``(height, width, channels)``, channels first if ``data_format`` says
        so; or a dictionary with these under ``"images"``.

    Raises:
        ValueError: an argument or the rank of the images is not as above.
    """

    seed: int | None
    generator: SeedGenerator
    _moves_beside = False  # whether masks and boxes move with the pixels

    def __init__(
        self, *, bounding_box_format: str | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if bounding_box_format is not None:
            box_formats.check_format(bounding_box_format)
        self.bounding_box_format = bounding_box_format
        self.data_format = standardize_data_format(data_format)

    def _set_seed(self, seed: int | None) -> None:
        self.generator = SeedGenerator(seed)
        self.seed = seed

    # -- the parts of a call -----------------------------------------------------------------------------------------

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> Any:
        """Draw a transformation for each image.

        Args:
            data: Images, or a dictionary with ``"images"``.
            training: Whether to draw; without it most layers return None.
            seed: What to draw from; None for the layer's own generator.
        """
        return None

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        """Return a batch of images transformed."""
        raise NotImplementedError(f"{type(self).__name__} must define `transform_images`.")

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """Return the labels of a batch of transformed images; by default as they are."""
        return labels

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Return the bounding boxes of a batch of transformed images; by default as they are."""
        return bounding_boxes

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """Return the segmentation masks of a batch of transformed images; by default as they are."""
        return segmentation_masks

    def transform_single_image(self, image: Any, transformation: Any, training: bool = True) -> Any:
        """Return one image transformed."""
        return self._alone(self.transform_images, image, transformation, training)

    def transform_single_label(self, label: Any, transformation: Any, training: bool = True) -> Any:
        """Return the label of one transformed image."""
        return self._alone(self.transform_labels, label, transformation, training)

    def transform_single_bounding_box(self, bounding_box: Any, transformation: Any, training: bool = True) -> Any:
        """Return the bounding boxes of one transformed image."""
        return self._alone(self.transform_bounding_boxes, bounding_box, transformation, training)

    def transform_single_segmentation_mask(
        self, segmentation_mask: Any, transformation: Any, training: bool = True
    ) -> Any:
        """Return the segmentation mask of one transformed image."""
        return self._alone(self.transform_segmentation_masks, segmentation_mask, transformation, training)

    @staticmethod
    def _alone(transform: Callable[..., Any], value: Any, transformation: Any, training: bool) -> Any:
        batch = tree.map_structure(lambda x: convert_to_tensor(x).unsqueeze(0), value)
        return tree.map_structure(lambda x: x.squeeze(0), transform(batch, transformation, training=training))

    # -- the call ----------------------------------------------------------------------------------------------------

    def call(self, data: Any, training: bool = True) -> Any:
        """Transform images, or a dictionary of images and what belongs to them."""
        is_single = self._is_single(data)
        if self._moves_beside and isinstance(data, dict):
            self._check_beside(data)
        transformation = self.get_random_transformation(data, training=training)
        images, labels, boxes, masks = (
            (
                self.transform_single_image,
                self.transform_single_label,
                self.transform_single_bounding_box,
                self.transform_single_segmentation_mask,
            )
            if is_single
            else (
                self.transform_images,
                self.transform_labels,
                self.transform_bounding_boxes,
                self.transform_segmentation_masks,
            )
        )
        if not isinstance(data, dict):
            return images(data, transformation, training=training)
        done = {**data, "images": images(data["images"], transformation, training=training)}
        if "bounding_boxes" in data:
            if self.bounding_box_format is None:
                raise ValueError(
                    "The input has the key 'bounding_boxes', but the layer does not know their format. Pass a "
                    f"`bounding_box_format` to {type(self).__name__}, such as bounding_box_format='xyxy'."
                )
            done["bounding_boxes"] = boxes(data["bounding_boxes"], transformation, training=training)
        for key, transform in (("labels", labels), ("segmentation_masks", masks)):
            if key in data:
                done[key] = transform(data[key], transformation, training=training)
        return done

    def _is_single(self, data: Any) -> bool:
        """Return whether the data are one image, not a batch of them."""
        shape = self._images_shape(data)
        if len(shape) not in (3, 4):
            raise ValueError(
                f"Expected the input image to be rank 3 or 4: one image, or a batch. Received: shape {tuple(shape)}"
            )
        return len(shape) == 3

    def _images_shape(self, data: Any) -> tuple[int, ...]:
        """Return the shape of the images in data, and check that there are any."""
        if isinstance(data, dict):
            if "images" not in data:
                raise ValueError(
                    f"{type(self).__name__} needs the key 'images' in its input. Received the keys {list(data)}."
                )
            data = data["images"]
        if not hasattr(data, "shape"):
            raise ValueError(
                f"{type(self).__name__} takes images, or a dictionary with the key 'images'. Received: {type(data)}"
            )
        return tuple(data.shape)

    def _check_beside(self, data: dict[str, Any]) -> None:
        """Check that masks and boxes are as many as the images, with their axes: torch would spread one over all."""
        images, boxes = self._images_shape(data), data.get("bounding_boxes")
        beside = {
            "segmentation_masks": (data.get("segmentation_masks"), len(images)),
        }
        if type(self).transform_bounding_boxes is not ImageLayer.transform_bounding_boxes and isinstance(boxes, dict):
            beside["bounding_boxes"] = boxes.get("boxes"), len(images) - 1
        for key, (value, rank) in beside.items():
            shape = _shape_of(value)
            if shape is None or (len(shape) == rank and (len(images) == 3 or _agree(shape[0], images[0]))):
                continue
            form = "masks with the axes of the images" if rank == len(images) else f"boxes of {rank} axes"
            raise ValueError(
                f"{type(self).__name__} moves '{key}' with the pixels, and takes {form}, as many as there are images."
                f" Received: {key} of shape {shape}, images of shape {images}"
            )

    # -- shapes and dtypes -------------------------------------------------------------------------------------------

    @property
    def _height_axis(self) -> int:
        return -3 if self.data_format == "channels_last" else -2

    @property
    def _width_axis(self) -> int:
        return -2 if self.data_format == "channels_last" else -1

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else -3

    def _size(self, shape: Sequence[Any]) -> tuple[Any, Any]:
        """Return height and width of images of a shape."""
        return shape[self._height_axis], shape[self._width_axis]

    def _as_floats(self, images: Any) -> torch.Tensor:
        """Return images in the compute dtype."""
        x: torch.Tensor = convert_to_tensor(images)
        return x.to(self._compute_torch_dtype)

    def _known_output_shape(self, input_shape: Any) -> Any:
        return self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output; by default that of the input."""
        return input_shape

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _source(self, seed: Seed) -> Seed:
        """Return what to draw from: what is given, else the layer's generator, or torch's own without a seed."""
        if isinstance(seed, int):
            return SeedGenerator(seed)  # several draws with one int would all be the same
        if seed is not None:
            return seed
        return self.generator if self.seed is not None else None

    def _draw(self, data: Any, low: float, high: float, seed: Seed, shape: Sequence[int] = ()) -> torch.Tensor:
        """Return numbers in ``[low, high)`` for each image, ``(batch, *shape)``, on the device of the images."""
        batch = 1 if self._is_single(data) else self._images_shape(data)[0]
        drawn = uniform((batch, *shape), low, high, dtype="float32", seed=seed)
        images = data["images"] if isinstance(data, dict) else data
        return drawn.to(images.device) if isinstance(images, torch.Tensor) else drawn

    # -- boxes -------------------------------------------------------------------------------------------------------

    def _box_corners(self, bounding_boxes: Any, size: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return corners in pixels of an image of a size, and labels."""
        boxes, labels = box_formats.parts(bounding_boxes)
        return box_formats.corners(boxes, self.bounding_box_format or "xyxy", *size), labels

    def _boxes_back(
        self, bounding_boxes: Any, boxes: torch.Tensor, labels: torch.Tensor | None, size: tuple[int, int]
    ) -> dict[str, Any]:
        """Return corners, clipped to an image of a size, in the format of the layer."""
        boxes, labels = box_formats.clipped(boxes, labels, *size)
        done = {**bounding_boxes, "boxes": box_formats.in_format(boxes, self.bounding_box_format or "xyxy", *size)}
        return done if labels is None else {**done, "labels": labels}

    def get_config(self) -> dict[str, Any]:
        known = {} if self.bounding_box_format is None else {"bounding_box_format": self.bounding_box_format}
        return {**super().get_config(), **known, "data_format": self.data_format}


def _shape_of(value: Any) -> tuple[Any, ...] | None:
    """Return the shape of a tensor, array or list; None where it has none, about which its conversion complains."""
    try:
        return None if value is None else tuple(np.shape(value))
    except ValueError:  # of a ragged list
        return None


def _agree(one: int | None, other: int | None) -> bool:
    """Return whether two sizes may be the same: None is any."""
    return one is None or other is None or one == other
