"""`RandAugment`: some operations out of many, one after the other, while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.augmenting_layer import OPERATIONS, AugmentingLayer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.seed_generator import Seed


class RandAugment(AugmentingLayer):
    """Applies some of eleven operations while training: shears, shifts, turns, changes of color, contrast, ...

    Which ones is drawn for the batch, how strongly for each image. Boxes and masks move with the pixels.

    Args:
        value_range: Lowest and highest value of a pixel.
        num_ops: Number of operations, each drawn from all.
        factor: Range of the strength, ``(low, high)`` within [0, 1], or a number for ``(0, number)``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, 3)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        NotImplementedError: ``interpolation`` is unknown.
        ValueError: another argument is not as above.

    Example:
        >>> RandAugment(seed=1)(torch.zeros(2, 8, 8, 3)).shape
        torch.Size([2, 8, 8, 3])

    Source: Cubuk et al. 2020, section 3, with the operations of Keras.
    """

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            value_range=value_range,
            factor=factor,
            interpolation=interpolation,
            seed=seed,
            data_format=data_format,
            **kwargs,
        )
        if isinstance(num_ops, bool) or not isinstance(num_ops, int) or num_ops < 0:
            raise ValueError(f"`num_ops` must be an integer, 0 or more. Received: num_ops={num_ops!r}")
        self.num_ops = num_ops

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the operations, and what each of them does to each image; None unless ``training``."""
        if not training:
            return None
        source = self._source(seed)
        chosen = self._choices(len(OPERATIONS), self.num_ops, source)
        names = dict.fromkeys(OPERATIONS[i] for i in chosen)
        drawn = {
            name: self._operation(name).get_random_transformation(data, training=True, seed=source) for name in names
        }
        return {"transforms": drawn, "layer_idxes": torch.tensor(chosen, dtype=torch.int32, device="cpu")}

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images after the operations; as they are unless ``training``."""
        x: torch.Tensor = convert_to_tensor(images)
        if not training or transformation is None:
            return x
        for name, drawn in self._steps(transformation):
            x = self._operation(name).transform_images(x, drawn)
        return x.to(self._compute_torch_dtype)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any = None, training: bool = True) -> Any:
        """Return the boxes, moved as the pixels are."""
        if training and transformation is not None:
            for name, drawn in self._steps(transformation):
                bounding_boxes = self._operation(name).transform_bounding_boxes(bounding_boxes, drawn)
        return bounding_boxes

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Return the masks, moved as the pixels are."""
        if training and transformation is not None:
            for name, drawn in self._steps(transformation):
                segmentation_masks = self._operation(name).transform_segmentation_masks(segmentation_masks, drawn)
        return segmentation_masks

    @staticmethod
    def _steps(transformation: Any) -> list[tuple[str, Any]]:
        chosen = transformation["layer_idxes"]
        if isinstance(chosen, torch.Tensor):  # on the CPU, and left there: moving it would wait for the device
            chosen = chosen.tolist()
        return [(OPERATIONS[i], transformation["transforms"][OPERATIONS[i]]) for i in chosen]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "num_ops": self.num_ops,
            "factor": self.factor,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }
