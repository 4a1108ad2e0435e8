"""`CutMix`: a patch of each image replaced by that of another one of the batch while training."""

from __future__ import annotations

from typing import Any, NoReturn

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import probability_range
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.patches import check_number, patch_masks
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.continuous_distributions import beta
from torchkeras_compat.random.seed_generator import Seed
from torchkeras_compat.random.shuffling import shuffle


class CutMix(ImageLayer):
    """Pastes a patch of another image of the batch into each image while training, and mixes labels by its area.

    The part of an image that stays is drawn from ``Beta(a, a)``, and ``a`` from ``factor``. One image alone stays.

    Args:
        factor: Range of ``a``, ``(low, high)`` within [0, 1], or a number for ``(0, number)``.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image, or a dictionary; labels ``(batch, ...)``.
    Output shape:
        That of the input, images and labels in the compute dtype.

    Raises:
        NotImplementedError: bounding boxes are given: which of them a patch leaves is not defined.
        ValueError: an argument is not as above.

    Example:
        >>> data = {"images": torch.ones(4, 8, 8, 3), "labels": torch.eye(4)}
        >>> CutMix()(data)["labels"].sum(dim=1)
        tensor([1., 1., 1., 1.])

    Source: Yun et al. 2019, section 3.1.
    """

    _moves_beside = True

    def __init__(
        self, factor: Any = 1.0, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.factor = probability_range(factor)
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw partner and patch of each image, and the part of it that stays; None unless ``training``, or for one."""
        if not training or self._is_single(data):
            return None
        shape, source = self._images_shape(data), self._source(seed)
        spread = self._draw(data, *self.factor, seed=source)
        shape_of_both: Any = spread.clamp_min(1e-3)
        stays = beta(spread.shape, shape_of_both, shape_of_both, dtype="float32", seed=source)
        stays = torch.where(spread > 0, stays.to(spread.device), 0.5)
        masks = patch_masks(1 - stays, self._draw(data, 0.0, 1.0, source, (2,)), self._size(shape))
        return {
            "permutation_order": shuffle(torch.arange(shape[0], device=spread.device), seed=source),
            "batch_masks": masks.unsqueeze(self._channel_axis),
            "mix_weight": 1 - masks.float().mean(dim=(1, 2)).reshape(-1, 1, 1, 1),  # of whole pixels
        }

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images with their patches; as they are unless ``training``."""
        x = self._as_floats(images)
        return self._patched(x, transformation) if training and transformation is not None else x

    def transform_labels(self, labels: Any, transformation: Any = None, training: bool = True) -> Any:
        """Return the labels, mixed by the areas; integers become floats."""
        if not training or transformation is None:
            return labels
        x = convert_to_tensor(labels).to(self._compute_torch_dtype)
        check_number(x, transformation["permutation_order"], "labels")
        weights = convert_to_tensor(transformation["mix_weight"]).to(x).reshape(-1, *(1,) * (x.ndim - 1))
        return x * weights + x[self._partners(transformation, x)] * (1 - weights)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Return the masks with the patches of the others."""
        if not training or transformation is None:
            return segmentation_masks
        return self._patched(convert_to_tensor(segmentation_masks), transformation)

    def transform_bounding_boxes(
        self, bounding_boxes: Any, transformation: Any = None, training: bool = True
    ) -> NoReturn:
        """Refuse them."""
        raise NotImplementedError(
            "CutMix does not carry bounding boxes along: a patch may cover a part of a box. Use MixUp, which keeps the "
            "boxes of both images, or leave 'bounding_boxes' out of the dictionary."
        )

    def _patched(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        masks = convert_to_tensor(transformation["batch_masks"]).to(x.device).bool()
        return torch.where(masks, x[self._partners(transformation, x)], x)

    @staticmethod
    def _partners(transformation: Any, x: torch.Tensor) -> torch.Tensor:
        partners: torch.Tensor = convert_to_tensor(transformation["permutation_order"])
        return partners.to(x.device).long()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "seed": self.seed}
