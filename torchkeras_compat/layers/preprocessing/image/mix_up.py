"""`MixUp`: each image blended with another one of the batch while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image import boxes as box_formats
from torchkeras_compat.layers.preprocessing.image.arguments import is_number
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer
from torchkeras_compat.layers.preprocessing.image.patches import check_number
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.continuous_distributions import beta
from torchkeras_compat.random.seed_generator import Seed
from torchkeras_compat.random.shuffling import shuffle


class MixUp(ImageLayer):
    """Blends images, labels and masks with others of the batch while training.

    They become ``w x + (1 - w) x'``, where ``w`` is drawn from ``Beta(alpha, alpha)``. An image gets the boxes of the
    other one besides its own.

    Args:
        alpha: Shape of the distribution, a positive number: the larger, the more is blended.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        seed: Int for a reproducible stream; None for torch's global generator.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image, or a dictionary; labels ``(batch, ...)``.
    Output shape:
        That of the input, images and labels in the compute dtype.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> layer = MixUp(alpha=1.0)
        >>> drawn = {"mix_weight": [0.75, 0.5], "permutation_order": [1, 0]}
        >>> layer.transform_labels([[1.0, 0.0], [0.0, 1.0]], drawn)
        tensor([[0.7500, 0.2500],
                [0.5000, 0.5000]])

    Source: Zhang et al. 2018, section 2; for boxes Zhang et al. 2019, section 3. Keras 3.15
    mixes up the weights of masks, and appends labels of boxes to the batch.
    """

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        if not is_number(alpha) or alpha <= 0:
            raise ValueError(f"`alpha` must be a positive number. Received: alpha={alpha!r}")
        self.alpha = alpha
        self._set_seed(seed)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw the weight and the partner of each image; None unless ``training``."""
        if not training:
            return None
        batch = 1 if self._is_single(data) else self._images_shape(data)[0]
        images, source = convert_to_tensor(data["images"] if isinstance(data, dict) else data), self._source(seed)
        weights = beta((batch,), self.alpha, self.alpha, dtype="float32", seed=source)
        partners = shuffle(torch.arange(batch, device=weights.device), seed=source)
        return {"mix_weight": weights.to(images.device), "permutation_order": partners.to(images.device)}

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> torch.Tensor:
        """Return the images blended; as they are unless ``training``."""
        x: torch.Tensor = convert_to_tensor(images)
        if not training or transformation is None:
            return x
        x = x.to(self._compute_torch_dtype)
        return self._blended(x, transformation, 4)

    def transform_labels(self, labels: Any, transformation: Any = None, training: bool = True) -> Any:
        """Return the labels blended as the images are; integers become floats."""
        if not training or transformation is None:
            return labels
        x = convert_to_tensor(labels).to(self._compute_torch_dtype)
        check_number(x, transformation["permutation_order"], "labels and masks")
        return self._blended(x, transformation, x.ndim)

    def transform_segmentation_masks(
        self, segmentation_masks: Any, transformation: Any = None, training: bool = True
    ) -> Any:
        """Return the masks blended as the labels are, which suits one channel for each class."""
        return self.transform_labels(segmentation_masks, transformation, training)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any = None, training: bool = True) -> Any:
        """Return the boxes of both images, and their labels."""
        if not training or transformation is None:
            return bounding_boxes
        box_formats.parts(bounding_boxes)  # which checks them
        done = dict(bounding_boxes)
        for key in ("boxes", "labels"):
            if key in done:
                x = convert_to_tensor(done[key])
                check_number(x, transformation["permutation_order"], f"bounding_boxes['{key}']")
                partners = convert_to_tensor(transformation["permutation_order"]).to(x.device).long()
                done[key] = torch.cat([x, x[partners]], dim=min(1, x.ndim - 1))
        return done

    @staticmethod
    def _blended(x: torch.Tensor, transformation: Any, rank: int) -> torch.Tensor:
        weights = convert_to_tensor(transformation["mix_weight"]).to(x).reshape(-1, *(1,) * (rank - 1))
        partners = convert_to_tensor(transformation["permutation_order"]).to(x.device).long()
        blended: torch.Tensor = x * weights + x[partners] * (1 - weights)
        return blended

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": self.alpha, "seed": self.seed}
