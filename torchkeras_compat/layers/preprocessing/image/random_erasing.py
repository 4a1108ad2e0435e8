"""`RandomErasing`: a patch of an image replaced by noise or a color, at random while training."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.preprocessing.image.arguments import is_number, probability_range
from torchkeras_compat.layers.preprocessing.image.color_layer import ColorLayer
from torchkeras_compat.layers.preprocessing.image.patches import patch_masks
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import Seed


class RandomErasing(ColorLayer):
    """Replaces a patch of some images by noise or a color while training; labels, boxes and masks stay.

    Args:
        factor: Range of the probability that a patch of an image is erased, ``(low, high)`` within [0, 1], or a number
            for ``(0, number)``.
        scale: Range of the part of the image that the patch covers, ``(low, high)`` within [0, 1], or a number for
            ``(0, number)``. A patch has the proportions of the image.
        fill_value: What is put there: a number, or one for each channel; None for normally distributed noise of the
            standard deviation ``value_range[1]``, clipped to ``value_range``.
        value_range: Lowest and highest value of a pixel.
        seed: Int for a reproducible stream; None for torch's global generator.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        kwargs: Arguments of `ImageLayer`.

    Input shape:
        ``(batch, height, width, channels)`` or one image.
    Output shape:
        That of the input, in the compute dtype.

    Raises:
        ValueError: an argument is not as above, or ``fill_value`` has not as many numbers as there are channels.

    Example:
        >>> RandomErasing(factor=(1.0, 1.0), scale=(1.0, 1.0), fill_value=7)(torch.ones(1, 2, 1)).flatten()
        tensor([7., 7.])

    Source: Zhong et al. 2017, section 3; the proportions are those of Keras 3.15.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range=value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = probability_range(factor)
        self.scale = probability_range(scale, "scale")
        numbers = fill_value if isinstance(fill_value, (list, tuple)) and fill_value else [fill_value]
        if fill_value is not None and not all(is_number(n) for n in numbers):
            raise ValueError(
                "The `fill_value` argument should be None, a number, or a list of one number for each channel. "
                f"Received: fill_value={fill_value!r}"
            )
        self.fill_value = tuple(fill_value) if isinstance(fill_value, list) else fill_value

    def get_random_transformation(self, data: Any, training: bool = True, seed: Seed = None) -> dict[str, Any] | None:
        """Draw which images get a patch, which pixels are in it, and what is put there; None unless ``training``."""
        if not training:
            return None
        shape, source = self._images_shape(data), self._source(seed)
        probability = self._draw(data, *self.factor, seed=source)
        applies = self._draw(data, 0.0, 1.0, source) < probability
        areas = self._draw(data, *self.scale, seed=source)
        masks = patch_masks(areas, self._draw(data, 0.0, 1.0, source, (2,)), self._size(shape))
        return {
            "apply_erasing": applies,
            "batch_masks": masks.unsqueeze(self._channel_axis),
            "fill_value": self._filling(shape, source, areas.device),
        }

    def _filling(self, shape: tuple[int, ...], source: Seed, device: torch.device) -> torch.Tensor:
        if self.fill_value is None:
            noise = normal(shape, 0.0, abs(self.value_range[1]), dtype="float32", seed=source).to(device)
        else:
            noise = torch.tensor(self.fill_value, dtype=torch.float32, device="cpu").reshape(-1, 1, 1)
            noise = noise.to(device, non_blocking=True)  # `torch.tensor` on a device waits for it
            channels = shape[self._channel_axis]
            if len(noise) not in (1, channels):
                raise ValueError(
                    f"`fill_value` has {len(noise)} numbers, and the images have {channels} channels. "
                    f"Received: fill_value={self.fill_value}, shape {shape}"
                )
            noise = noise.movedim(0, -1) if self.data_format == "channels_last" else noise
        return self._in_value_range(noise)

    def _recolored(self, x: torch.Tensor, transformation: Any) -> torch.Tensor:
        masks = convert_to_tensor(transformation["batch_masks"]).to(x.device).bool()
        applies = convert_to_tensor(transformation["apply_erasing"]).to(x.device).bool()
        filling = convert_to_tensor(transformation["fill_value"]).to(x)
        return torch.where(masks & applies.reshape(-1, 1, 1, 1), filling, x)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "fill_value": self.fill_value,
            "value_range": self.value_range,
            "seed": self.seed,
        }
